// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/run_ledger.hpp>

/// The folder of all runs.
namespace qsnap::store {

/// What a file of a ledger ends with.
inline constexpr std::string_view k_ledger_suffix = ".jsonl";

struct KnownRun {
  RunId id;
  Instant first_at, last_at;
  std::uint64_t events = 0;
  std::uint64_t snapshots = 0;  ///< different ones that it refers to
};

/// The newest first, by their last event. What is no run of ours, or has no event yet, is not listed.
Result<std::vector<KnownRun>> list_runs(const std::filesystem::path& runs);

/// Deletes runs that 50 newer ones came behind and that got no event for a day before `now`. Only folders that hold
/// sound ledgers and nothing else; as much as can be done, since nobody waits for it.
void sweep_old_runs(const std::filesystem::path& runs, Instant now);

}  // namespace qsnap::store
