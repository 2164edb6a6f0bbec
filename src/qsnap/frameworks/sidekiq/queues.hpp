// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/job_bins.hpp>
#include <qsnap/frameworks/sidekiq/layout.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::frameworks::sidekiq {

struct Queue {
  std::string name;
  std::string text;  ///< the full id
  bool listed = false;
  bool paused = false;  ///< Sidekiq Pro
  std::optional<model::KeyId> list;
  std::uint64_t waiting = 0;
};

/// Everything in a namespace that is about queues: which there are, and which jobs of the sorted sets are theirs.
/// Holds names and counts, never jobs.
class Queues {
 public:
  /// Reads each set and sorted set once, and counts the lists.
  static Result<Queues> read(const model::Keyspace& keyspace, const Namespace& found);

  /// Sorted by text.
  [[nodiscard]] const std::vector<Queue>& all() const { return m_queues; }
  /// The sorted set of k_scored_states[state]; absent if it is not there or holds no jobs.
  [[nodiscard]] std::optional<model::KeyId> scored(std::size_t state) const { return m_scored.at(state); }
  /// Jobs of all()[queue] in k_scored_states[state], in the order of their scores.
  [[nodiscard]] std::uint64_t count(std::size_t queue, std::size_t state) const;
  Result<void> read_scored(std::size_t queue, std::size_t state, const JobBins::BlockReader& reader);

 private:
  explicit Queues(JobBins bins) : m_bins(std::move(bins)) {}

  std::size_t number_of(std::string_view name);
  Result<void> read_names(const model::Keyspace& keyspace, std::string_view key, bool Queue::*flag);
  Result<void> read_list(const model::Keyspace& keyspace, model::KeyId key, std::string_view name);
  Result<void> sort_jobs(const model::Keyspace& keyspace, std::size_t state);
  void sort_queues(std::string_view name_space);
  [[nodiscard]] std::size_t bin(std::size_t queue, std::size_t state) const;

  std::vector<Queue> m_queues;
  std::vector<std::size_t> m_numbers;  ///< of each of m_queues, its number when it was found: bins go by that
  std::unordered_map<std::string, std::size_t> m_by_name;
  std::array<std::optional<model::KeyId>, k_scored_states.size()> m_scored;
  JobBins m_bins;
};

}  // namespace qsnap::frameworks::sidekiq
