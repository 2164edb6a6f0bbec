// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// A commit. Texts are untrusted.
struct Commit {
  std::string id;
  std::string short_id;
  std::string author;
  std::string subject;
  Instant at;  ///< when it was written, as its author says
};

/// What a commit did to one file.
struct FileVersion {
  Commit commit;
  std::string path;                     ///< from the top of the repository
  std::string renamed_from;             ///< empty where it was not
  std::string blob_id;                  ///< empty: deleted, or no regular file any more
  std::vector<std::string> before_ids;  ///< of the blobs in the parents that have it; a merge may have several
};

/// Every commit of HEAD's history that changed the file, the newest first; a merge only where it took the file from
/// none of its parents as it was. Follows renames where Git finds them. `path` is from the top of the repository that
/// `folder` belongs to. Empty for a file that no commit knows; errors with `not_found` without any commit.
Result<std::vector<FileVersion>> file_history(const std::filesystem::path& folder, const std::string& path);

/// What commits did to all files below `path`, by commit: a child before its parents. Renames are not followed: one is
/// a file that goes and another that comes. `commits` are full ids, which git log begins at, or, with '^' in front,
/// does not go beyond. A merge counts as in file_history().
Result<std::vector<FileVersion>> folder_history(const std::filesystem::path& folder, const std::string& path,
                                                std::span<const std::string> commits);

}  // namespace qsnap::git
