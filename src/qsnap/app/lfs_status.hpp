// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_report.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// Every snapshot of every set that is in LFS, and every one in Git that is as large. `check`: how closely objects are
/// looked at. Reads only; nothing is run but git and `git lfs version`. REQUIRES: a store without sets
Result<report::LfsStatusView> lfs_status(const store::Store& store, store::ObjectCheck check, const Progress& progress);

/// What the file of a snapshot in LFS names: its pointer, or, where git-lfs has put the snapshot itself there, the one
/// that `git add` would make.
struct NamedObject {
  codec::LfsPointer pointer;
  bool is_pointer = true;
};
Result<NamedObject> object_named_by(const std::filesystem::path& file);

}  // namespace qsnap::app
