// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// What a load may want to be otherwise than it was, as far as it is the same for every framework.
namespace qsnap::frameworks {

/// What a load wrote or would write of jobs.
struct JobTally {
  using States = std::map<std::string, std::uint64_t, std::less<>>;
  std::map<std::string, States, std::less<>> queues;  ///< jobs by full queue id and state, as they are written
  std::uint64_t active = 0;                           ///< jobs that were written as active: no worker holds them
  std::uint64_t requeued = 0;
  std::uint64_t lost = 0;     ///< HeldJobs::lost
  std::uint64_t overdue = 0;  ///< jobs that wait for an instant that has passed

  [[nodiscard]] std::uint64_t jobs() const;
  friend bool operator==(const JobTally&, const JobTally&) = default;
};

/// Counts the jobs that go by. Neighbours mostly have the same queue and state.
class JobCounter {
 public:
  explicit JobCounter(Instant now) : m_now_ms(to_ms(now)) {}

  void add(const model::Record& job);
  [[nodiscard]] JobTally& tally() { return m_tally; }

 private:
  std::int64_t m_now_ms;
  JobTally m_tally;
  std::string m_queue_json;
  std::string m_state_json;
  std::uint64_t* m_count = nullptr;  ///< into m_tally
};

/// When the last of the jobs that wait for an instant is due, by members named "due_at_…". Reads every job.
Result<std::optional<Instant>> last_due(const model::RecordSource& source);

/// Moves the instants of which `stem` ("due_at") tells, and no others.
void shift_instants(model::Record& record, std::string_view stem, std::chrono::milliseconds delta);

/// Errors with `refused` if a policy asks what one of the frameworks in the document cannot do: before anything is
/// deleted or written.
Result<void> check_policy(const LoadPolicy& policy, const model::Metadata& metadata,
                          const AdapterList& among = adapters());

}  // namespace qsnap::frameworks
