// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/backup_report.hpp>
#include <qsnap/store/store.hpp>

/// All that git-qsnap keeps of a repository, as one file: the tree as it lies in the work tree, committed or not, the
/// histories and their archives, and the objects of Git LFS (docs/backup.md).
namespace qsnap::app {

enum class LfsRule : std::uint8_t { with_objects, leave_out };

struct BackupRequest {
  std::filesystem::path file;
  LfsRule lfs = LfsRule::with_objects;
  Instant now;
};

/// The file is there, synced, when this returns, and has been read back before. It is never written over another one
/// (refused). Refused, too, where an object of Git LFS is not here. The repository is only read.
Result<report::BackupView> make_backup(const store::Store& store, const BackupRequest& request,
                                       const Progress& progress);

}  // namespace qsnap::app
