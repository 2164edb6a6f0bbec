// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// The id of a job, chosen or generated; absent where its record holds none.
[[nodiscard]] std::optional<std::string> id_of_job(const model::Record& job);

/// What a merge has to know of the state that is in the target: its queues, and which jobs and schedules it has. Eight
/// bytes of memory for each job.
class MergeTarget {
 public:
  /// An empty target.
  MergeTarget() = default;
  /// Reads every record but the verbatim keys.
  static Result<MergeTarget> read(const model::RecordSource& target);

  /// Null if it has no such queue. `queue_json` is the member "queue" of a record.
  [[nodiscard]] const model::Record* find_queue(std::string_view queue_json) const;
  [[nodiscard]] bool has_job(std::string_view queue_json, std::string_view id) const;
  /// Whether it has a schedule of this owner, kind and id.
  [[nodiscard]] bool has_schedule(const model::Record& config) const;

 private:
  std::map<std::string, model::Record, std::less<>> m_queues;  ///< by their JSON
  std::vector<std::uint64_t> m_jobs;                           ///< hashes, sorted
  std::vector<std::uint64_t> m_schedules;
};

}  // namespace qsnap::frameworks
