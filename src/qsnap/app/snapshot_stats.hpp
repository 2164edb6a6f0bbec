// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/sides.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/stats_report.hpp>

namespace qsnap::app {

/// index: what the index and the queue records tell. jobs: every job is read, too.
enum class StatsDepth : std::uint8_t { index, jobs };

struct StatsRequest {
  std::vector<std::string> names;  ///< NAME, file, REV:NAME or live; empty: every snapshot of the work tree
  StatsDepth depth = StatsDepth::index;
  std::optional<std::size_t> history;  ///< so many versions of each that Git has; absent: none are looked at
  std::filesystem::path folder;        ///< where git runs
};

/// Sorted by name where all are wanted, else in the order of `names`, each once. Of all, one that cannot be opened is
/// in the list with its problem; one that was asked for by its name is an error. Errors with `usage` for the history of
/// anything but a NAME.
Result<std::vector<report::SnapshotStats>> snapshot_stats(const store::Store& store, const StatsRequest& request,
                                                          const std::optional<Target>& target,
                                                          const Progress& progress);

}  // namespace qsnap::app
