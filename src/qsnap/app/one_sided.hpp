// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/snapshot_report.hpp>

namespace qsnap::app {

/// A snapshot that one side of a comparison alone has: its counts as changes, without a list of jobs. Labels are the
/// caller's. REQUIRES: `status` is added or removed
Result<report::SnapshotDiff> one_sided_diff(const std::string& name, report::SnapshotStatus status,
                                            const codec::SnapshotReader& snapshot);
/// The same, of what is known of it.
[[nodiscard]] report::SnapshotDiff one_sided_diff(report::SnapshotStatus status, const report::SnapshotView& view);

}  // namespace qsnap::app
