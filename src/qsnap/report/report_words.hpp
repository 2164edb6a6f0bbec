// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/style.hpp>

/// Words about a report as a whole and about each snapshot in it: every face takes them from here, so that they say the
/// same. Internal to report; everything returned is plain bytes, not escaped.
namespace qsnap::report {

/// What became of a snapshot: "~ changed", "+ new", "- removed", "! unreadable", "! broken", "= unchanged".
struct StatusWords {
  std::string_view sign;
  Tone tone = Tone::plain;
  std::string_view word;
};
[[nodiscard]] StatusWords status_words(const SnapshotDiff& diff);

/// "1 unreadable, 2 changed, 1 new, 117 unchanged"; empty for a report without snapshots.
[[nodiscard]] std::string snapshot_totals(const DiffReport& report);
/// How many snapshots that is.
[[nodiscard]] std::uint64_t snapshots_of(const DiffReport& report);

/// Over all snapshots.
[[nodiscard]] KindTotals totals_of(const DiffReport& report);

/// "126 in ids and times, 2 by jobs.payload.price: 1%".
[[nodiscard]] std::string ignored_words(const Overview& overview);

/// What a reader has to know before believing a comparison (law 8).
struct Remark {
  enum class Kind : std::uint8_t { warning, note } kind = Kind::note;
  std::string words;  ///< "live is not a point in time (--consistency=none)"
};
/// A side that is no point in time, rules that matched nothing, what the comparison could not see.
[[nodiscard]] std::vector<Remark> remarks_on(const SnapshotDiff& diff);
/// The same, and what rules left out: for reports that tell nothing else of a snapshot that does not differ.
[[nodiscard]] std::vector<Remark> remarks_and_rules_on(const SnapshotDiff& diff);
/// The same about all of them together: the rules of a range.
[[nodiscard]] std::vector<Remark> remarks_on(const DiffReport& report);
/// "warning: the rule jobs.name matched nothing".
[[nodiscard]] std::string remark_line(const Remark& remark);

}  // namespace qsnap::report
