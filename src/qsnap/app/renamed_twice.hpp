// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/resolve_choices.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/conflict_report.hpp>

/// A file that the two sides renamed to different names. Git leaves three entries, one for each name, and each looks as
/// if one side had deleted what the other one changed; the content is merged already, the same under both new names.
namespace qsnap::app {

/// Paths from the top.
struct RenamedTwice {
  std::string before;
  std::string by_ours;
  std::string by_theirs;

  [[nodiscard]] bool contains(std::string_view path) const {
    return path == before || path == by_ours || path == by_theirs;
  }
};

/// Those among what Git has not finished merging. Where several cannot be told apart, they are left out.
[[nodiscard]] std::vector<RenamedTwice> renamed_twice(std::span<const MergeStages> unmerged);

/// The one that has this path. Absent for none.
Result<std::optional<RenamedTwice>> find_renamed_twice(const std::filesystem::path& folder, std::string_view path);

/// Keeps the name that a side gave it, and takes the two others out of the work tree and the index. What was merged may
/// have conflicts itself: then those are left. Errors with `usage` for Take::base.
Result<report::ResolveView> keep_name(const std::filesystem::path& folder, const RenamedTwice& renamed, Take take);

}  // namespace qsnap::app
