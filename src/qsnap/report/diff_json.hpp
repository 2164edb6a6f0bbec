// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/json_stream.hpp>

namespace qsnap::report {

/// The members that the documents of diff and verify share, from "before" to "unmatched_rules", into the open object of
/// `stream`. Internal to report.
Result<void> write_snapshot_members(JsonStream& stream, const SnapshotDiff& diff);

}  // namespace qsnap::report
