// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/history_prune.hpp>

namespace qsnap::app {

Result<std::optional<report::PruneView>> prune_history(const store::Store& store, const RetentionRequest& request,
                                                       PruneRun run, const ConfirmDrop& confirm, const Clock& clock) {
  QSNAP_ASSIGN(const std::vector<PlannedEntry> plan, plan_retention(store, request));
  report::PruneView view{view_of(plan, store.chain().current(), request.rules, clock.now()), {}};
  if (run == PruneRun::tell) {
    return std::optional{std::move(view)};
  }
  if (view.plan.leaving() > 0) {
    QSNAP_ASSIGN(const bool wanted, confirm(view.plan));
    if (!wanted) {
      return std::optional<report::PruneView>{};
    }
  }
  QSNAP_ASSIGN(view.drop, drop_planned(store, plan, request, clock.now()));
  return std::optional{std::move(view)};
}

}  // namespace qsnap::app
