// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// What of a damaged state can be put right without guessing: ids that name no job, and ids that stand once more, go
/// out of their structures, and counters of ids rise to the highest id. All else is somebody's decision. One thread.
class StateFix {
 public:
  /// Reads the queues and jobs of the document.
  static Result<StateFix> plan(const model::RecordSource& source);

  /// What it does: "drops dangling id 7 in waiting". After a thousand steps the last one says how many more there are.
  [[nodiscard]] const std::vector<Finding>& steps() const { return m_steps; }
  /// The document with all of that done. `source` is the one of plan().
  Result<void> write(const model::RecordSource& source, model::RecordSink& sink) const;

 private:
  using Count = std::map<std::string, std::int64_t, std::less<>>;
  struct Queue {
    std::vector<std::string> verbatim;  ///< states that are verbatim keys: their records rebuild nothing
    std::string counter_json;           ///< a number, or a text as Bull has it; empty where there is none
    std::int64_t id_counter = 0;
    std::int64_t highest_id = 0;
    Count dropped;  ///< jobs by state

    [[nodiscard]] bool is_behind() const { return !counter_json.empty() && highest_id > id_counter; }
  };

  void add_step(std::string_view queue_json, std::string what);
  void read_queue(const model::Record& record);
  void read_job(const model::Record& record);
  [[nodiscard]] bool is_dropped(const model::Record& job) const;
  [[nodiscard]] Result<model::Record> fixed_queue(model::Record record) const;

  std::map<std::string, Queue, std::less<>> m_queues;  ///< by the queue's JSON
  std::vector<Finding> m_steps;
  std::uint64_t m_more = 0;  ///< steps
};

}  // namespace qsnap::frameworks
