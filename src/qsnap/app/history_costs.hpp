// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/report/history_costs_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// What each entry of the current set's history takes of the repository. Nothing is inflated. Errors with not_found for
/// a series ("": the one without a name) that has no entry.
Result<report::HistoryCostsView> history_costs(const store::Store& store, const std::optional<std::string>& series);

}  // namespace qsnap::app
