// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>

/// Git's own program, for what libgit2 1.5 cannot do or does differently (configuration with its includes, attributes,
/// the index in all its forms, LFS, packing).
namespace qsnap::git {

/// inherited: ours. hermetic: none of our GIT_ variables, and neither the system's nor the user's configuration and
/// attributes: what the repository at hand says is all that git knows. transport: ours, and git may talk to other
/// repositories, by whatever programs and credential helpers its configuration names for that: only for what the user
/// asked to be fetched or pushed.
enum class GitEnvironment : std::uint8_t { inherited, hermetic, transport };

struct GitCommand {
  std::filesystem::path folder;                        ///< where it runs, as by `git -C`
  std::vector<std::string> arguments;                  ///< "ls-files", "-s", "-z", …
  std::string input;                                   ///< its standard input
  std::size_t most_output = limits::k_document_bytes;  ///< more is `limit_exceeded`
  GitEnvironment environment = GitEnvironment::inherited;
};

struct GitAnswer {
  int exit_code = 0;  ///< 128 + the signal's number if one ended it
  std::string output;
  std::string errors;  ///< what it said on standard error; untrusted
};

/// Runs git without a shell and waits for it. What a repository configures to be run stays off: hooks, file system
/// monitor, pager, signature programs, lazy fetches; so the caller has to choose a subcommand that runs no filter,
/// text conversion or external diff (--no-ext-diff, --no-textconv, hash-object without --path). Git takes no optional
/// locks. An exit code is no error here; `git` is that git could not be run.
Result<GitAnswer> run_git(const GitCommand& command);

/// Takes git's output piece by piece; its error ends git, and is the answer.
using OutputSink = std::function<Result<void>(std::string_view)>;
/// The same with an output of any size, which goes to `output` and not into the answer.
Result<GitAnswer> run_git(const GitCommand& command, const OutputSink& output);

/// The output of a command that has to succeed: any other exit code is an error (`git`) with git's own words.
Result<std::string> git_output(const GitCommand& command);

}  // namespace qsnap::git
