// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/overview.hpp>

/// What the text faces have in common. Internal to report; everything returned is escaped, and ends with a newline
/// unless it is empty.
namespace qsnap::report {

/// "checkout-flow → live" of two sides; of one in a set its sign and name. With the verdict where that is all.
[[nodiscard]] std::string snapshot_heading(const DiffReport& report, const SnapshotDiff& diff, const Overview& overview,
                                           const Style& style);
/// A queue and the states whose counts differ: "email   waiting 109 → 75   completed 16 → 48". Of a snapshot that one
/// side alone has: "email   waiting 109   completed 16".
[[nodiscard]] std::string block_heading(const SnapshotDiff& diff, const Block& block, const Style& style);
/// The last lines of one snapshot: totals, what was ignored, rules that did nothing, torn sides and notes.
[[nodiscard]] std::string snapshot_ending(const SnapshotDiff& diff, const Overview& overview,
                                          const FaceOptions& options);
/// The totals alone: "19 changes: 17 moved, 2 added."; empty where the heading has the verdict.
[[nodiscard]] std::string verdict_line(const SnapshotDiff& diff, const Overview& overview, const Style& style);

/// The first and the last lines of a set.
[[nodiscard]] std::string set_heading(const DiffReport& report, const Style& style);
[[nodiscard]] std::string set_ending(const DiffReport& report, const Style& style);

}  // namespace qsnap::report
