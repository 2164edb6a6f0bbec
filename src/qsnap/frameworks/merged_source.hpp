// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/merge_target.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// Numbers of a counter in the target that become the jobs' of the document.
struct NumberRange {
  std::string key;          ///< of the counter
  std::int64_t before = 0;  ///< the last number that is somebody else's
  std::int64_t size = 0;
};

/// What of a document does not get into the target, because the target has its own.
struct MergeLeft {
  std::uint64_t schedules = 0;
  std::uint64_t scheduled_jobs = 0;   ///< next jobs of those schedules
  std::uint64_t keys = 0;             ///< what follows from jobs, and pauses of everything
  std::vector<std::string> settings;  ///< queues whose pause or settings differ: full ids, sorted
};

/// A document as it can stand beside what is in a target: jobs whose ids a counter gave have numbers from behind the
/// target's, in references, too; places among the jobs of a priority are behind the target's; queues have the
/// target's settings, and jobs wait where it lets them wait. Schedules that it has are left out with their next jobs.
/// Both sources must outlive it. One thread, and eight bytes of memory for each job with a number.
class MergedSource final : public model::RecordSource {
 public:
  /// The value of a counter in the target; 0 if it has none.
  using CounterReader = std::function<Result<std::int64_t>(const std::string& key)>;

  /// Numbers jobs as if the target's counters stood still. Errors with `refused` for jobs that the target has already
  /// and that no counter numbered, and for what cannot be merged, by name.
  static Result<MergedSource> create(const model::RecordSource& source, const MergeTarget& target,
                                     const CounterReader& read_counter, const AdapterList& among = adapters());

  /// What has to be taken from counters before anything is written, so that nobody else gets the numbers.
  [[nodiscard]] std::vector<NumberRange> ranges() const;
  /// The ranges as they were got, in that order. Errors with `refused` for a counter that was not there before.
  Result<void> set_ranges(std::span<const NumberRange> ranges);
  /// Jobs with another id than they had.
  [[nodiscard]] std::uint64_t renumbered() const { return m_renumbered; }
  [[nodiscard]] const MergeLeft& left() const { return m_left; }

  [[nodiscard]] const model::Metadata& metadata() const override { return m_source->metadata(); }
  [[nodiscard]] std::string_view root() const override { return m_source->root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source->fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source->chunks(); }
  /// Hands out the lines that are not left out.
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override;
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override;

 private:
  struct Queue {
    std::string name;                      ///< bare
    const Rebuild* rebuild = nullptr;      ///< into m_rebuilds
    const model::Record* there = nullptr;  ///< the target's, if it has the queue
    std::vector<std::int64_t> ids;         ///< numbers of its jobs and of those that others refer to, sorted
    std::optional<NumberRange> numbers;    ///< absent: no counter
    std::optional<NumberRange> places;
  };

  MergedSource(const model::RecordSource& source, const MergeTarget& target) : m_source(&source), m_target(&target) {}

  Result<void> find_queues(const CounterReader& read_counter, const AdapterList& among);
  Result<void> add_queue(const model::Record& record, const CounterReader& read_counter, const AdapterList& among);
  Result<void> look_at_schedules();
  Result<void> look_at_jobs();
  Result<void> look_at_job(const model::Record& job);
  Result<void> note_references(const model::Record& job, const Queue& queue);
  Result<void> note_place(const model::Record& job, Queue& queue) const;
  Result<void> look_at_keys();
  Result<void> look_at_key(const model::Record& record);
  void size_ranges();
  [[nodiscard]] const Queue* find_queue(const model::Record& record) const;
  [[nodiscard]] Queue* find_queue(const model::Record& record);
  /// The queue that a verbatim key is about, if its jobs get other numbers; null for any other key.
  [[nodiscard]] const Queue* renumbered_queue_of(std::string_view key) const;
  [[nodiscard]] const Queue* queue_of(std::string_view owner_text, const KeyTopic& topic) const;
  [[nodiscard]] bool pauses_target(std::string_view key) const;
  [[nodiscard]] bool is_left(const model::Record& record) const;
  [[nodiscard]] bool is_left_job(const model::Record& job) const;
  /// The number that takes the place of this id; absent where it stays.
  [[nodiscard]] static std::optional<std::string> new_id(const Queue& queue, std::string_view id);
  static void fit_queue_record(const Queue& queue, model::Record& record);
  Result<void> fit_job(const Queue& queue, model::Record& job) const;
  Result<void> fit_references(model::Record& job) const;
  static Result<void> fit_place(const Queue& queue, model::Record& job);
  void fit_key(model::Record& record) const;

  const model::RecordSource* m_source;                                      ///< not owned
  const MergeTarget* m_target;                                              ///< not owned
  std::map<std::string, std::unique_ptr<Rebuild>, std::less<>> m_rebuilds;  ///< by owner text
  std::map<std::string, Queue, std::less<>> m_queues;                       ///< by their JSON
  std::set<std::string, std::less<>> m_left_keys;
  std::vector<std::string> m_refused_jobs;  ///< the first of those that are there already
  std::uint64_t m_refused = 0;
  std::uint64_t m_renumbered = 0;
  MergeLeft m_left;
};

}  // namespace qsnap::frameworks
