// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <qsnap/app/history_plan.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/retention_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class PruneRun : std::uint8_t { tell, drop };

/// Shown what is about to go, before anything does; true to go on.
using ConfirmDrop = std::function<Result<bool>(const report::RetentionView&)>;

/// Drops dated captures of the current set that the rules do not keep. Not asked when nothing goes. Absent: somebody
/// said no.
Result<std::optional<report::PruneView>> prune_history(const store::Store& store, const RetentionRequest& request,
                                                       PruneRun run, const ConfirmDrop& confirm, const Clock& clock);

}  // namespace qsnap::app
