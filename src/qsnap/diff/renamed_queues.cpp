// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/renamed_queues.hpp>

namespace qsnap::diff {

namespace {

using Counts = std::map<std::string, std::uint64_t>;

struct Queue {
  std::string_view name;
  const Counts* counts = nullptr;
  std::uint64_t jobs = 0;
};

std::uint64_t sum(const Counts& counts) {
  std::uint64_t jobs = 0;
  for (const auto& [state, count] : counts) {
    jobs += count;
  }
  return jobs;
}

/// By how many jobs the states of two queues differ.
std::uint64_t distance(const Counts& a, const Counts& b) {
  std::uint64_t jobs = 0;
  for (const auto& [state, count] : a) {
    const auto other = b.find(state);
    const std::uint64_t there = other == b.end() ? 0 : other->second;
    jobs += count > there ? count - there : there - count;
  }
  for (const auto& [state, count] : b) {
    jobs += a.contains(state) ? 0 : count;
  }
  return jobs;
}

struct Candidate {
  std::uint64_t distance = 0;
  std::string_view first, second;  ///< the names in byte order, so that neither side comes first
  std::string_view before, after;

  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

}  // namespace

QueueNames renamed_queues(const std::map<std::string, QueueCounts>& queues) {
  constexpr std::size_t k_most_pairs = 100'000;
  std::vector<Queue> gone, fresh;
  for (const auto& [name, counts] : queues) {
    const std::uint64_t before = sum(counts.before), after = sum(counts.after);
    if (before > 0 && after == 0) {
      gone.push_back({name, &counts.before, before});
    } else if (before == 0 && after > 0) {
      fresh.push_back({name, &counts.after, after});
    }
  }
  if (gone.size() * fresh.size() > k_most_pairs) {
    return {};
  }
  std::vector<Candidate> candidates;
  for (const Queue& from : gone) {
    for (const Queue& to : fresh) {
      const std::uint64_t apart = distance(*from.counts, *to.counts);
      if (scope_of(from.name) == scope_of(to.name) && 2 * apart <= from.jobs + to.jobs) {
        candidates.push_back({apart, std::min(from.name, to.name), std::max(from.name, to.name), from.name, to.name});
      }
    }
  }
  std::sort(candidates.begin(), candidates.end());
  QueueNames renamed;
  std::set<std::string_view> taken;
  for (const Candidate& candidate : candidates) {
    if (!taken.contains(candidate.before) && !taken.contains(candidate.after)) {
      taken.insert({candidate.before, candidate.after});
      renamed.emplace(candidate.before, candidate.after);
    }
  }
  return renamed;
}

}  // namespace qsnap::diff
