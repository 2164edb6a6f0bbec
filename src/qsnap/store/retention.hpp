// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/config/keep.hpp>

/// Which dated captures stay. Pure: no clock, no files.
namespace qsnap::store {

struct DatedState {
  Instant captured_at;
  std::string name;                     ///< tells two of one instant apart, and sorts them
  std::vector<std::string> safeguards;  ///< why it must stay whatever the rules say: "tagged v1", "in album checkout"
};

/// Why a state stays: every rule that wants it. None: it goes.
struct KeepDecision {
  std::vector<std::string> reasons;  ///< "last 3 of 20", "daily 2026-11-20 (2 of 14)", "tagged v1"
  [[nodiscard]] bool keeps() const { return !reasons.empty(); }
};

/// One decision for each state, in the order of `states`, which are of one series and may come in any order. Periods
/// are of UTC. With no rule at all everything stays. The newest state always stays.
[[nodiscard]] std::vector<KeepDecision> decide_retention(std::span<const DatedState> states,
                                                         const config::KeepRules& rules);

}  // namespace qsnap::store
