// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/sidekiq/queues.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::sidekiq {

using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::RedisType;

Result<Queues> Queues::read(const Keyspace& keyspace, const Namespace& found) {
  const std::string prefix = key_prefix(found.name);
  QSNAP_ASSIGN(JobBins bins, JobBins::create());
  Queues queues{std::move(bins)};
  QSNAP_TRY(queues.read_names(keyspace, prefix + std::string{k_queues_key}, &Queue::listed));
  QSNAP_TRY(queues.read_names(keyspace, prefix + std::string{k_paused_key}, &Queue::paused));
  for (const KeyId list : found.lists) {
    const std::string_view name = keyspace.name(list).substr(prefix.size() + k_list_prefix.size());
    QSNAP_TRY(queues.read_list(keyspace, list, name));
  }
  for (std::size_t state = 0; state < k_scored_states.size(); ++state) {
    const auto key = keyspace.find(prefix + std::string{k_scored_states[state].key});
    if (key && keyspace.type(*key) == RedisType::zset) {
      QSNAP_ASSIGN(const bool jobs, begins_with_jobs(keyspace, *key));
      queues.m_scored.at(state) = jobs ? key : std::nullopt;
      QSNAP_TRY(queues.sort_jobs(keyspace, state));
    }
  }
  queues.sort_queues(found.name);
  return queues;
}

std::size_t Queues::number_of(std::string_view name) {
  const auto [at, is_new] = m_by_name.try_emplace(std::string{name}, m_queues.size());
  if (is_new) {
    m_queues.push_back(Queue{.name = at->first, .text = {}, .list = {}});
  }
  return at->second;
}

Result<void> Queues::read_names(const Keyspace& keyspace, std::string_view name, bool Queue::*flag) {
  const auto key = keyspace.find(name);
  if (!key || keyspace.type(*key) != RedisType::set) {
    return {};
  }
  return keyspace.read(*key, Keyspace::Direction::forward, [&](const ItemBlock& names) -> Result<void> {
    for (std::size_t i = 0; i < names.size(); ++i) {
      m_queues[number_of(names[i])].*flag = true;
    }
    return {};
  });
}

/// A list that is not in the set of queues is a queue only if it holds jobs: its name alone proves little.
Result<void> Queues::read_list(const Keyspace& keyspace, KeyId key, std::string_view name) {
  const auto known = m_by_name.find(std::string{name});
  if (known == m_by_name.end() || !m_queues[known->second].listed) {
    QSNAP_ASSIGN(const bool jobs, begins_with_jobs(keyspace, key));
    if (!jobs) {
      return {};
    }
  }
  Queue& queue = m_queues[number_of(name)];
  queue.list = key;
  return keyspace.read(key, Keyspace::Direction::forward, [&](const ItemBlock& jobs) -> Result<void> {
    queue.waiting += jobs.size();
    return {};
  });
}

Result<void> Queues::sort_jobs(const Keyspace& keyspace, std::size_t state) {
  if (!m_scored.at(state)) {
    return {};
  }
  return keyspace.read(*m_scored.at(state), Keyspace::Direction::forward, [&](const ItemBlock& jobs) -> Result<void> {
    for (std::size_t i = 0; i + 1 < jobs.size(); i += 2) {
      const auto queue = peek_text(jobs[i], "queue");
      const std::size_t number = number_of(queue ? std::string_view{*queue} : k_default_queue);
      QSNAP_TRY(m_bins.add(number * k_scored_states.size() + state, jobs[i], jobs[i + 1]));
    }
    return {};
  });
}

void Queues::sort_queues(std::string_view name_space) {
  model::QueueId id{std::string{k_name}, std::string{name_space}, {}};
  for (Queue& queue : m_queues) {
    id.name = queue.name;
    queue.text = id.text();
  }
  m_numbers.resize(m_queues.size());
  for (std::size_t i = 0; i < m_numbers.size(); ++i) {
    m_numbers[i] = i;
  }
  std::sort(m_numbers.begin(), m_numbers.end(),
            [&](std::size_t a, std::size_t b) { return m_queues[a].text < m_queues[b].text; });
  std::vector<Queue> sorted;
  sorted.reserve(m_queues.size());
  for (const std::size_t number : m_numbers) {
    sorted.push_back(std::move(m_queues[number]));
  }
  m_queues = std::move(sorted);
  m_by_name.clear();
}

std::size_t Queues::bin(std::size_t queue, std::size_t state) const {
  return m_numbers[queue] * k_scored_states.size() + state;
}

std::uint64_t Queues::count(std::size_t queue, std::size_t state) const {
  return m_bins.count(bin(queue, state));
}

Result<void> Queues::read_scored(std::size_t queue, std::size_t state, const JobBins::BlockReader& reader) {
  return m_bins.read(bin(queue, state), reader);
}

}  // namespace qsnap::frameworks::sidekiq
