// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/views.hpp>

namespace qsnap::app {

namespace {

/// Law 8: what could not be explained is said, although nothing of it is lost.
std::vector<std::string> notes_on(const frameworks::Refuted& refuted) {
  std::vector<std::string> notes;
  if (!refuted.keys.empty()) {
    notes.push_back(fmt::format("{} {} kept as plain keys: the records did not rebuild the same bytes",
                                refuted.keys.size(), refuted.keys.size() == 1 ? "key is" : "keys are"));
  }
  for (const std::string& reading : refuted.readings) {
    notes.push_back(fmt::format("kept as plain keys as a whole: {}", reading));
  }
  return notes;
}

}  // namespace

report::CaptureView view_of(const CaptureReport& capture) {
  return {std::string{redis::to_text(capture.mode)}, capture.pause, capture.waited, capture.reasons};
}

report::SnapshotDiff snapshot_diff_of(Comparison comparison) {
  report::SnapshotDiff diff;
  diff.name = comparison.name.empty() ? fmt::format("{} → {}", comparison.before, comparison.after) : comparison.name;
  if (const auto name = store::SnapshotName::parse(comparison.name)) {
    diff.file = (std::filesystem::path{store::k_folder} / name->relative_path()).generic_string();
  }
  diff.sides = {std::move(comparison.before),
                std::move(comparison.after),
                comparison.before_consistency,
                comparison.after_consistency,
                {},
                std::move(comparison.notes)};
  if (comparison.capture) {
    diff.sides.capture = view_of(*comparison.capture);
  }
  diff.changes = std::move(comparison.changes);
  return diff;
}

report::DiffReport diff_report_of(Comparison comparison) {
  report::DiffReport report;
  report.snapshots.push_back(snapshot_diff_of(std::move(comparison)));
  return report;
}

report::DiffReport missing_report(const store::SnapshotName& name, const Error& error) {
  report::DiffReport report;
  report::SnapshotDiff& diff = report.snapshots.emplace_back();
  diff.name = name.text();
  diff.status = report::SnapshotStatus::unreadable;
  diff.sides.before = name.text();
  diff.sides.after = "live";
  diff.trouble = error.message;
  return report;
}

report::SaveView view_of(const std::string& name, const SaveOutcome& outcome) {
  report::SaveView view;
  view.name = name;
  view.path = outcome.path.native();
  view.written = outcome.reason != SaveReason::same_meaning && outcome.reason != SaveReason::inherited;
  view.reason = to_text(outcome.reason);
  view.captured_at = outcome.captured_at;
  view.jobs = outcome.jobs;
  view.queues = outcome.queues;
  view.file_bytes = outcome.file_bytes;
  view.raw_bytes = outcome.raw_bytes;
  view.fingerprint = outcome.fingerprint;
  view.in_lfs = outcome.storage == store::Storage::lfs;
  view.owner = outcome.owner;
  view.capture = view_of(outcome.capture);
  view.notes = notes_on(outcome.capture.refuted);
  return view;
}

report::ImportView view_of(const ImportRequest& request, const ImportOutcome& outcome) {
  report::ImportView view;
  view.saved = view_of(request.keep.name.text(), outcome.saved);
  view.captured_at_from = to_text(outcome.captured_at_from);
  view.database = request.database;
  view.rdb_version = outcome.dump.version;
  view.redis_version = outcome.dump.redis_version;
  view.keys = outcome.saved.capture.keys;
  view.keys_elsewhere = outcome.dump.keys_elsewhere;
  view.functions = outcome.dump.functions;
  view.checked = outcome.dump.checked;
  return view;
}

report::LoadView view_of(const std::string& name, const LoadRequest& request, const LoadOutcome& outcome) {
  report::LoadView view;
  view.name = name;
  view.target = request.target.endpoint.display();
  view.dry_run = request.dry_run;
  view.time = to_text(request.time);
  view.active = to_text(request.active);
  view.paused = request.pause == frameworks::PauseRule::paused;
  view.keys = outcome.keys;
  view.jobs = outcome.jobs.jobs();
  for (const auto& [queue, states] : outcome.jobs.queues) {
    view.queues.push_back({queue, {states.begin(), states.end()}});
  }
  view.dropped_locks = outcome.dropped.locks;
  view.dropped_dangling_ids = outcome.dropped.dangling_ids;
  view.dropped_lapsed = outcome.dropped.lapsed;
  view.replaced_keys = outcome.replaced_keys;
  if (outcome.backup) {
    view.backup = outcome.backup->native();
  }
  view.shift = outcome.shift;
  view.due_shift = outcome.due_shift;
  view.active_jobs = outcome.jobs.active;
  view.requeued_jobs = outcome.jobs.requeued;
  view.lost_jobs = outcome.jobs.lost;
  view.overdue_jobs = outcome.jobs.overdue;
  if (outcome.merge) {
    const frameworks::MergeLeft& left = outcome.merge->left;
    view.merge = {outcome.merge->renumbered_jobs, outcome.merge->left_keys, left.schedules, left.scheduled_jobs,
                  left.settings};
  }
  return view;
}

}  // namespace qsnap::app
