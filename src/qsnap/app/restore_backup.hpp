// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/backup_report.hpp>

namespace qsnap::app {

/// What becomes of a file that is another one here.
enum class DifferingFile : std::uint8_t { leave, replace };
enum class RestoreBackupRule : std::uint8_t { write, dry_run };

struct RestoreBackupRequest {
  std::filesystem::path folder;  ///< in a repository; the tree need not be there
  std::filesystem::path file;
  DifferingFile differing = DifferingFile::leave;
  RestoreBackupRule rule = RestoreBackupRule::write;
  Instant now;
};

/// Puts back what a backup has and the repository has not: files, objects of Git LFS, captures. All of the backup is
/// checked before anything is written; each file is the old one or the new one, and what is replaced is kept in
/// <git dir>/qsnap/backups. Links are refused, and no path leads out of .queue-snapshots. Errors as open_backup() does.
Result<report::RestoredBackupView> restore_backup(const RestoreBackupRequest& request, const Progress& progress);

}  // namespace qsnap::app
