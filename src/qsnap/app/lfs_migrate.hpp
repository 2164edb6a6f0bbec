// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class MigrateRule : std::uint8_t { propose, write };

struct MigrateRequest {
  /// Empty: every snapshot in Git that is above the threshold.
  std::vector<store::SnapshotName> names;
  store::Storage to = store::Storage::lfs;
  MigrateRule rule = MigrateRule::write;
};

/// Moves snapshots between Git and LFS in the work tree; a name stays the same, and no commit is changed. One at a
/// time, and the new file is there before the old one goes. Errors with `not_found` for no such snapshot, and for one
/// whose object is not here. REQUIRES: names unless `to` is LFS
Result<report::LfsMigrateView> lfs_migrate(const store::Store& store, const MigrateRequest& request,
                                           const Progress& progress);

}  // namespace qsnap::app
