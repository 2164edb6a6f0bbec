// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/store/run_ledger.hpp>

/// A line of a run ledger. Internal to store.
namespace qsnap::store {

/// Without its newline. A long test name is cut.
[[nodiscard]] std::string format_run_event(const RunEvent& event);
/// Members that a later version may have are skipped. Errors with `corrupt`.
Result<RunEvent> parse_run_event(std::string_view line);

}  // namespace qsnap::store
