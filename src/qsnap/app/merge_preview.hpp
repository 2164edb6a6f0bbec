// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/merge_settings.hpp>
#include <qsnap/base/result.hpp>

/// Merges of commits that touch neither work tree nor index (git merge-tree).
namespace qsnap::app {

/// The id of a commit that somebody named. Errors with `not_found`.
Result<std::string> commit_of(const std::filesystem::path& folder, const std::string& name);
/// Whether `commit` has everything that `ancestor` has.
Result<bool> is_ancestor(const std::filesystem::path& folder, const std::string& ancestor, const std::string& commit);

/// Of what git prints with -z: the part in front of the next NUL, which goes away with it.
std::string_view next_item(std::string_view& rest);

struct MergedTree {
  std::string id;                      ///< with conflicts, of a tree that has them
  std::vector<std::string> conflicts;  ///< paths, from the top; bytes, untrusted
};
/// Git writes temporary files for that into the top of the work tree, or into a bare repository. Errors with `git`
/// where it cannot, and where it cannot merge at all.
Result<MergedTree> merge_trees(const std::filesystem::path& folder, const MergeSettings& settings,
                               MergeSettings::Purpose purpose, const std::string& ours, const std::string& theirs);

}  // namespace qsnap::app
