// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

struct FetchRequest {
  std::vector<store::SnapshotName> names;  ///< empty: every snapshot
  std::optional<std::string> revision;     ///< absent: what the work tree has
  std::string remote;                      ///< empty: the one that git-lfs takes by itself
};

/// Brings the objects that this clone lacks, by `git lfs fetch`, and reads every byte of what came. An object that is
/// damaged is moved to lfs/bad first, as `git lfs fsck` does: git-lfs takes one of the right length for a good one.
/// What the other side does not have is told in the view. Errors with `not_found` for no such snapshot or revision, and
/// where objects are missing and there is no git-lfs.
///
/// This runs a transport: git-lfs starts what the configuration of this clone names for it (ssh, credential helpers,
/// transfer agents).
Result<report::LfsFetchView> lfs_fetch(const store::Store& store, const FetchRequest& request,
                                       const Progress& progress);

}  // namespace qsnap::app
