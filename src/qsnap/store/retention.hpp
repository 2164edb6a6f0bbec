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
  std::string loss;  ///< why it goes: "daily 2026-11-20 keeps a newer one", "older than all that the rules keep"
  [[nodiscard]] bool keeps() const { return !reasons.empty(); }
};

/// One decision for each state, in the order of `states`, which are of one series and may come in any order. Periods
/// are of UTC. With no rule at all everything stays. The newest state always stays.
///
/// What was dropped before changes nothing: for any states S and N, of what is kept of S together with N the same is
/// kept as of S and N together. (What a rule keeps of S and N is the newest of a period that is among the n newest with
/// any state. If it is in S, it is the newest of its period there, and fewer periods of S are newer; so it was kept.
/// And taking away what a rule does not keep takes away no period before its n-th, nor the newest of one.) So pruning
/// every day is as good as pruning once, whatever order captures come in. It does not hold for rules that grow: what is
/// gone stays gone.
[[nodiscard]] std::vector<KeepDecision> decide_retention(std::span<const DatedState> states,
                                                         const config::KeepRules& rules);

}  // namespace qsnap::store
