// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/count_metrics.hpp>

namespace qsnap::report {

namespace {

using Metric = MetricsPage::Metric;

void note_captures(MetricsPage& page, std::string_view command, std::uint64_t captures, std::uint64_t jobs) {
  page.note(Metric::captures_total, command, captures);
  page.note(Metric::captured_jobs_total, command, jobs);
}

void note_snapshot(MetricsPage& page, std::string_view name, std::uint64_t bytes, std::uint64_t jobs) {
  page.note(Metric::snapshot_bytes, name, bytes);
  page.note(Metric::snapshot_jobs, name, jobs);
}

/// "same", "different", "missing" where one side lacks it, "broken".
std::string_view result_of(const SnapshotDiff& diff) {
  switch (diff.status) {
    case SnapshotStatus::compared:
      return diff.is_equal() ? "same" : "different";
    case SnapshotStatus::added:
    case SnapshotStatus::removed:
      return "missing";
    case SnapshotStatus::unreadable:
    case SnapshotStatus::broken:
      return "broken";
  }
  return "broken";
}

}  // namespace

MetricsPage metrics_of(std::string_view command, const AssertView& view) {
  MetricsPage page;
  note_captures(page, command, view.captures, view.jobs);
  if (!view.name.empty()) {
    page.note(Metric::assertions_total, view.result);
    note_snapshot(page, view.name, view.file_bytes, view.jobs);
  }
  if (view.diff) {
    page.note(Metric::diffs_total, result_of(*view.diff));
  }
  if (view.result == "written" || view.result == "rewritten") {
    page.note(Metric::updates_total, view.result == "written" ? "added" : "changed");
  }
  if (!view.pending.empty()) {
    page.note(Metric::pending_total, view.result == "missing" ? "added" : "changed");
  }
  for (const InvariantView& invariant : view.contract) {
    page.note(Metric::invariants_total, invariant.holds ? "holds" : "broken");
  }
  return page;
}

MetricsPage metrics_of(std::string_view command, const SaveView& view) {
  MetricsPage page;
  note_captures(page, command, 1, view.jobs);
  note_snapshot(page, view.name, view.file_bytes, view.jobs);
  if (view.written) {
    page.note(Metric::updates_total, view.reason == "created" ? "added" : "changed");
  }
  return page;
}

MetricsPage metrics_of(std::string_view command, const LoadView& view) {
  MetricsPage page;
  if (!view.dry_run) {
    page.note(Metric::loads_total, command);
    page.note(Metric::loaded_jobs_total, command, view.jobs);
  }
  return page;
}

MetricsPage metrics_of(std::string_view command, const RunView& view) {
  MetricsPage page;
  if (view.assertion) {
    page.add(metrics_of(command, *view.assertion));
  } else if (view.changes) {
    page.note(Metric::captures_total, command);
  }
  if (!view.baseline.empty()) {
    page.note(Metric::loads_total, command);
    page.note(Metric::loaded_jobs_total, command, view.loaded_jobs);
  }
  return page;
}

MetricsPage metrics_of(std::string_view command, const DiffReport& report) {
  MetricsPage page;
  page.note(Metric::diffs_total, "same", report.unchanged);
  for (const SnapshotDiff& diff : report.snapshots) {
    page.note(Metric::diffs_total, result_of(diff));
    page.note(Metric::captures_total, command, diff.sides.capture ? 1 : 0);
  }
  return page;
}

}  // namespace qsnap::report
