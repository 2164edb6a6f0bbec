// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/app/apply.hpp>
#include <qsnap/app/approve.hpp>
#include <qsnap/report/pending_report.hpp>

/// Pending states and decisions as the values that report renders.
namespace qsnap::app {

enum class PendingDetail : std::uint8_t { rows, differences };

/// One entry. With `differences`, what an accept would do, under the rules of config.yaml; a side that cannot be read
/// is told in its place.
Result<report::PendingRow> pending_row(const store::Store& store, const store::PendingStore& pending,
                                       const store::PendingEntry& entry, PendingDetail detail,
                                       const Progress& progress);
Result<report::PendingView> pending_view(const store::Store& store, const store::PendingStore& pending,
                                         const std::vector<store::PendingEntry>& entries, PendingDetail detail,
                                         const Progress& progress);

/// `what` is the command: "accept", "reject", "undo".
[[nodiscard]] report::DecidedView view_of(std::string what, ApprovalRule rule, const Decided& decided);
/// Of `apply`. What was accepted at once is told as that.
[[nodiscard]] report::DecidedView view_of(const Applied& applied, const Decided& accepted);

}  // namespace qsnap::app
