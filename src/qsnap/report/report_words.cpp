// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/report_words.hpp>

namespace qsnap::report {

namespace {

void append_unmatched(std::vector<Remark>& remarks, const std::vector<std::string>& rules) {
  for (const std::string& rule : rules) {
    remarks.push_back({Remark::Kind::warning, fmt::format("the rule {} matched nothing", rule)});
  }
}

}  // namespace

StatusWords status_words(const SnapshotDiff& diff) {
  switch (diff.status) {
    case SnapshotStatus::added:
      return {"+", Tone::good, "new"};
    case SnapshotStatus::removed:
      return {"-", Tone::bad, "removed"};
    case SnapshotStatus::unreadable:
      return {"!", Tone::bad, "unreadable"};
    case SnapshotStatus::broken:
      return {"!", Tone::bad, "broken"};
    case SnapshotStatus::compared:
      break;
  }
  return diff.is_equal() ? StatusWords{"=", Tone::good, "unchanged"} : StatusWords{"~", Tone::warn, "changed"};
}

std::string snapshot_totals(const DiffReport& report) {
  constexpr std::array<std::string_view, 6> k_words = {"unreadable", "broken",  "changed",
                                                       "new",        "removed", "unchanged"};
  std::map<std::string_view, std::uint64_t> counts = {{"unchanged", report.unchanged}};
  for (const SnapshotDiff& diff : report.snapshots) {
    ++counts[status_words(diff).word];
  }
  std::vector<std::string> parts;
  for (const std::string_view word : k_words) {
    if (counts[word] > 0) {
      parts.push_back(fmt::format("{} {}", counts[word], word));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::uint64_t snapshots_of(const DiffReport& report) {
  return report.snapshots.size() + report.unchanged;
}

KindTotals totals_of(const DiffReport& report) {
  KindTotals totals;
  for (const SnapshotDiff& diff : report.snapshots) {
    for (const diff::Change& change : diff.changes.list) {
      ++totals[change.kind];
    }
  }
  return totals;
}

std::string ignored_words(const Overview& overview) {
  std::vector<std::string> parts;
  for (const IgnoredWords& ignored : overview.ignored_by) {
    parts.push_back(fmt::format("{} {} {}", ignored.count, ignored.preposition, ignored.what));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<Remark> remarks_on(const SnapshotDiff& diff) {
  const Sides& sides = diff.sides;
  std::vector<Remark> remarks;
  for (const auto& [side, consistency] :
       {std::pair{&sides.before, sides.before_consistency}, std::pair{&sides.after, sides.after_consistency}}) {
    if (consistency == model::Consistency::none) {
      remarks.push_back({Remark::Kind::warning, fmt::format("{} is not a point in time (--consistency=none)", *side)});
    }
  }
  append_unmatched(remarks, diff.changes.unmatched_rules);
  for (const std::string& note : sides.notes) {
    remarks.push_back({Remark::Kind::note, note});
  }
  return remarks;
}

std::vector<Remark> remarks_and_rules_on(const SnapshotDiff& diff) {
  std::vector<Remark> remarks = remarks_on(diff);
  for (const diff::Ignored& ignored : diff.changes.ignored) {
    if (ignored.count > 0 && !diff::is_default_reason(ignored.rule)) {
      const std::string words = fmt::format("{} ignored by {}", quantity(ignored.count, "difference"), ignored.rule);
      remarks.push_back({Remark::Kind::note, words});
    }
  }
  return remarks;
}

std::vector<Remark> remarks_on(const DiffReport& report) {
  std::vector<Remark> remarks;
  append_unmatched(remarks, report.unmatched_rules);
  return remarks;
}

std::string remark_line(const Remark& remark) {
  return fmt::format("{}: {}", remark.kind == Remark::Kind::warning ? "warning" : "note", remark.words);
}

}  // namespace qsnap::report
