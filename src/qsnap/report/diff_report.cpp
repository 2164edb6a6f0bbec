// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/report/diff_report.hpp>

namespace qsnap::report {

bool DiffReport::is_equal() const {
  return std::all_of(snapshots.begin(), snapshots.end(), [](const SnapshotDiff& diff) { return diff.is_equal(); });
}

}  // namespace qsnap::report
