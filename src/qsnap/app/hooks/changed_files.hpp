// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/report/hook_report.hpp>

/// Which snapshots differ between commits, as Git tells it. Internal to app/hooks.
namespace qsnap::app::hooks {

using ChangeKind = report::HookChange::Kind;

/// A file with the suffix below .queue-snapshots/.
struct ChangedFile {
  ChangeKind kind = ChangeKind::changed;
  std::string path;         ///< from the top of the repository; bytes, untrusted
  std::string before_id;    ///< of the blob, hexadecimal; empty when added, and in a merge
  std::string after_id;     ///< empty when removed
  bool is_regular = true;   ///< what is there afterwards; a link or a submodule is not
  std::string commit_id{};  ///< where a list is of several commits
};

/// The name of such a file's snapshot: the path without folder and suffix.
[[nodiscard]] std::string snapshot_name(std::string_view path);
/// Whether it is all zeros, as Git writes "no commit".
[[nodiscard]] bool is_no_id(std::string_view id);

/// What `git diff-… --raw -z` printed, of ordinary and of combined diffs, with the lines of commits between them.
Result<std::vector<ChangedFile>> parse_raw_diff(std::string_view output);

/// The index (that of GIT_INDEX_FILE) against HEAD, or against nothing before the first commit.
Result<std::vector<ChangedFile>> staged_files(const std::filesystem::path& folder);
/// `before` and `after` are ids of commits.
Result<std::vector<ChangedFile>> files_between(const std::filesystem::path& folder, const std::string& before,
                                               const std::string& after);

}  // namespace qsnap::app::hooks
