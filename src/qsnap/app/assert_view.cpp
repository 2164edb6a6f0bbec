// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/assert_view.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/views.hpp>

namespace qsnap::app {

namespace {

/// A state that has no snapshot to be compared with: what is in it.
report::SnapshotDiff new_state_diff(const AssertOutcome& outcome) {
  report::SnapshotDiff diff;
  diff.name = outcome.name->text();
  diff.status = report::SnapshotStatus::added;
  diff.sides.after = "live";
  diff.changes.queues = outcome.new_state;
  return diff;
}

std::vector<report::InvariantView> contract_view(const contract::ContractReport& contract) {
  std::vector<report::InvariantView> views;
  for (const contract::Finding& finding : contract.findings) {
    views.push_back({finding.invariant, finding.file, finding.found, finding.line, finding.holds, finding.vacuous,
                     finding.examples, finding.breaking_jobs});
  }
  return views;
}

/// The commands to go on with.
std::vector<std::string> hints_on(const store::Store& store, const AssertPlaces& places, const ModeChoice& mode,
                                  const AssertOutcome& outcome) {
  if (outcome.pending) {
    const bool is_own = places.pending->folder() == pending_folder(store.git_dir());
    return is_own
               ? std::vector{fmt::format("git qsnap review looks at it; git qsnap accept {} takes it, reject drops it",
                                         outcome.name->text())}
               : std::vector{fmt::format("git qsnap apply {} brings it home, where git qsnap review looks at it",
                                         places.pending->folder().native())};
  }
  const bool unwritten = outcome.result == AssertResult::missing || outcome.result == AssertResult::different;
  if (!unwritten || mode.mode != config::UpdateMode::none) {
    return {};
  }
  return {
      fmt::format("nothing was written (mode none: {}): with QSNAP_UPDATE=pending it waits for an accept", mode.reason),
      "QSNAP_PENDING_DIR=DIR keeps the new state as an artifact, which git qsnap apply DIR brings home"};
}

}  // namespace

report::AssertView view_of(const store::Store& store, const AssertPlaces& places, const AssertRequest& request,
                           const ModeChoice& mode, AssertOutcome outcome) {
  report::AssertView view;
  view.hints = hints_on(store, places, mode, outcome);
  view.name = outcome.name ? outcome.name->text() : std::string{};
  view.holds = outcome.holds();
  view.result = to_text(outcome.result);
  view.mode = config::to_text(mode.mode);
  view.mode_reason = mode.reason;
  view.test = request.test;
  view.pending = outcome.pending ? outcome.pending->native() : std::string{};
  view.contract = contract_view(outcome.contract);
  view.warnings = std::move(outcome.warnings);
  if (!mode.warning.empty()) {
    view.warnings.push_back(mode.warning);
  }
  view.captures = outcome.captures;
  view.waited_ms = static_cast<std::uint64_t>(outcome.waited.count());
  view.jobs = outcome.jobs;
  view.queues = outcome.queues;
  view.file_bytes = outcome.file_bytes;
  view.fingerprint = outcome.fingerprint;
  if (outcome.comparison) {
    view.diff = snapshot_diff_of(*std::move(outcome.comparison));
  } else if (outcome.name) {
    view.diff = new_state_diff(outcome);
  }
  if (outcome.name) {
    view.diff->file = file_of(store, *outcome.name);
    const auto owner = owner_of(store, *outcome.name);
    view.owner = owner ? *owner : std::nullopt;
  }
  return view;
}

report::DiffReport diff_report_of(const report::AssertView& view) {
  report::DiffReport report;
  if (view.diff) {
    report.snapshots.push_back(*view.diff);
  }
  for (const report::InvariantView& invariant : view.contract) {
    report::SnapshotDiff& diff = report.snapshots.emplace_back();
    diff.name = invariant.name;
    diff.file = invariant.file;
    diff.sides.before = invariant.file;
    diff.sides.after = "live";
    if (!invariant.holds) {
      diff.status = report::SnapshotStatus::broken;
      diff.trouble = fmt::format("{}:{}: {}", invariant.file, invariant.line, invariant.found);
    }
  }
  return report;
}

}  // namespace qsnap::app
