// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/driver/merge_entry.hpp>

/// The repository that a merge driver is started in: Git does so at the top of the work tree, or in the git dir of a
/// bare repository.
namespace qsnap::driver {

struct MergeRepository {
  std::filesystem::path folder;      ///< where git is asked; empty: here
  std::filesystem::path git_dir;     ///< of this work tree
  std::filesystem::path common_dir;  ///< the same but for a linked work tree
  std::filesystem::path top;         ///< of the work tree; empty: bare
};

/// By the git program. Errors with `git`.
Result<MergeRepository> find_merge_repository(const std::filesystem::path& folder);

/// What the two sides are called in messages.
struct SideNames {
  std::string ours, theirs;
};

/// A rebase merges the commit of the user, as "theirs", into what it is put upon: the words for that are others. Else
/// the labels that Git gave, or what it has put into the environment (GITHEAD_<id>=<name>), or "ours" and "theirs".
[[nodiscard]] SideNames side_names(const MergeRequest& request, const MergeRepository& repository);

}  // namespace qsnap::driver
