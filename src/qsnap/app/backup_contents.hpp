// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/backup_repository.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>

/// What a backup holds: a bundle of Git with the history's refs, and one commit of the tree as it was in the work tree,
/// with the objects of Git LFS beside it (docs/backup.md).
namespace qsnap::app {

inline constexpr std::string_view k_backup_refs = "refs/qsnap/backup/";
/// Of the commit. Another number is another form.
inline constexpr std::string_view k_backup_title = "git-qsnap backup 1";
inline constexpr std::string_view k_backup_objects = "lfs-objects/";

struct BackupFile {
  std::string path;  ///< from the top of the work tree, checked; of an object of Git LFS its id
  std::string blob_id;
  std::uint64_t bytes = 0;

  friend bool operator==(const BackupFile&, const BackupFile&) = default;
};
struct BackupRef {
  std::string name;
  std::string commit;
  std::uint64_t entries = 0;  ///< dated captures

  friend bool operator==(const BackupRef&, const BackupRef&) = default;
};

struct BackupContents {
  BackupRepository repository;
  Instant made_at;
  std::vector<BackupFile> files;     ///< sorted by path
  std::vector<BackupFile> objects;   ///< of Git LFS
  std::vector<BackupRef> refs;       ///< sorted by name
  std::uint64_t snapshots = 0;       ///< of the files
  std::vector<std::string> damaged;  ///< files and captures that were damaged when they were backed up
  std::vector<std::string> without;  ///< files whose object of Git LFS is not in it
};

/// Unpacks a backup and looks at every byte of it. Nothing that it says is done. Errors with `not_found` for no
/// file, with `corrupt` for what is no backup, truncated or damaged, with `refused` for paths, links and sizes that no
/// backup has.
Result<BackupContents> open_backup(const std::filesystem::path& file, const Progress& progress);

}  // namespace qsnap::app
