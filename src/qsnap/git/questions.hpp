// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/git/git_command.hpp>

/// What more than one part of the program asks git for. `folder` is where git runs. Errors with `git` where it cannot
/// be run.
namespace qsnap::git {

/// The only line that a command prints that has to succeed, without its end. (A path may hold further ones.)
Result<std::string> git_line(const GitCommand& command);

/// Arguments of a `git log -z` to which no setting adds anything and from which none takes away. `what` comes behind.
std::vector<std::string> plain_log(std::vector<std::string> what);

/// The id that a revision ("HEAD^{tree}") stands for; absent if there is none.
Result<std::optional<std::string>> find_object(const std::filesystem::path& folder, const std::string& revision);

/// The content of a blob ("HEAD:.gitattributes"), without any filter; absent if there is none. `limit_exceeded` above
/// so many bytes.
Result<std::optional<std::string>> find_blob(const std::filesystem::path& folder, const std::string& revision,
                                             std::size_t most_bytes = limits::k_config_bytes);

/// The last value of a variable of the configuration, whoever set it; absent where nobody did. Errors with `git` for a
/// configuration that git cannot read.
Result<std::optional<std::string>> find_setting(const std::filesystem::path& folder, const std::string& name);

/// The value that gitattributes(5) give a path; absent for none, and for one that was unset.
Result<std::optional<std::string>> find_attribute(const std::filesystem::path& folder, std::string_view attribute,
                                                  const std::string& path);

}  // namespace qsnap::git
