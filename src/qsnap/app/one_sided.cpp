// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/one_sided.hpp>

namespace qsnap::app {

Result<report::SnapshotDiff> one_sided_diff(const std::string& name, report::SnapshotStatus status,
                                            const codec::SnapshotReader& snapshot) {
  QSNAP_ASSIGN(const report::SnapshotView view, summarize(name, snapshot));
  return one_sided_diff(status, view);
}

report::SnapshotDiff one_sided_diff(report::SnapshotStatus status, const report::SnapshotView& view) {
  report::SnapshotDiff diff;
  diff.name = view.name;
  diff.status = status;
  for (const report::QueueView& queue : view.queues) {
    diff::QueueCounts& counts = diff.changes.queues[queue.queue];
    for (const auto& [state, jobs] : queue.states) {
      (status == report::SnapshotStatus::added ? counts.after : counts.before)[state] = jobs;
    }
  }
  return diff;
}

}  // namespace qsnap::app
