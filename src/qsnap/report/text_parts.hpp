// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

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
/// A queue with its heading and what changed in it, as the text face tells it.
[[nodiscard]] std::string block_text(const SnapshotDiff& diff, const Block& block, const FaceOptions& options);
/// The last lines of one snapshot: totals, what was ignored, rules that did nothing, torn sides and notes.
[[nodiscard]] std::string snapshot_ending(const SnapshotDiff& diff, const Overview& overview,
                                          const FaceOptions& options);
/// The same without the totals.
[[nodiscard]] std::string left_out_text(const SnapshotDiff& diff, const Overview& overview, const FaceOptions& options);

/// How much is told of a block and of a group, folded.
inline constexpr std::size_t k_folded_rows = 25;
inline constexpr std::size_t k_folded_fields = 8;
/// "… and 12 more changes (--full lists all)", without a newline.
[[nodiscard]] std::string more_words(std::uint64_t count, std::string_view what);

using SnapshotWriter = std::function<Result<void>(const SnapshotDiff&)>;
/// One snapshot after the other; of a set with an empty line behind each, and its first and last lines.
Result<void> write_snapshots(const DiffReport& report, const Style& style, const Output& out,
                             const SnapshotWriter& write);

/// The first and the last lines of a set.
[[nodiscard]] std::string set_heading(const DiffReport& report, const Style& style);
[[nodiscard]] std::string set_ending(const DiffReport& report, const Style& style);

}  // namespace qsnap::report
