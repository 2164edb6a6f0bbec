// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/label_change.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/album_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// Changes what is written on a snapshot, not what it holds: root and fingerprint stay. A snapshot of the tree is
/// changed where it stands, also where the current set only inherits it: a copy for the sake of a tag would be cut off
/// from its original. Of an entry of history the entry is changed, not its state. Without a change it only tells.
/// Errors as open_snapshot() does, and with `corrupt` for one with conflicts.
Result<report::TagView> change_tags(store::Store store, const store::SnapshotName& name, const LabelChange& change);

}  // namespace qsnap::app
