// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/report/snapshot_report.hpp>
#include <qsnap/store/store.hpp>

/// Looking at snapshots: what `show` and `list` are made of.
namespace qsnap::app {

/// Which jobs are wanted. Nothing given: all.
struct JobFilter {
  std::optional<std::string> queue;  ///< full id or bare name
  std::optional<std::string> state;
  std::optional<std::string> id;

  [[nodiscard]] bool any() const { return queue || state || id; }
};

/// Metadata and counts; decodes the queue records alone.
Result<report::SnapshotView> summarize(const std::string& name, const codec::SnapshotReader& snapshot);

/// Calls `reader` for each wanted job, in document order. Errors with what resolve_queue() errors with. Chunks
/// that cannot hold wanted jobs are not decoded.
Result<void> for_each_job(const codec::SnapshotReader& snapshot, const JobFilter& filter,
                          const std::function<Result<void>(const model::Record&)>& reader);

/// A job as a row of a list, without its payload.
[[nodiscard]] report::JobRow job_row(const model::Record& job);

enum class ListedSets : std::uint8_t {
  chosen,  ///< what the set that one works in has, inherits and has removed
  all,     ///< what each set has of its own, by full names
};

/// Every snapshot whose name contains `pattern`, or matches it if it has * or ?. What cannot be opened is listed with
/// its problem.
Result<std::vector<report::ListedSnapshot>> list_snapshots(const store::Store& store, const std::string& pattern,
                                                           ListedSets sets = ListedSets::chosen);

}  // namespace qsnap::app
