// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include <qsnap/diff/matching.hpp>

namespace qsnap::diff {

namespace {

constexpr std::uint32_t k_none = UINT32_MAX;

using Key = std::array<std::uint64_t, 3>;

/// An entry under the key of a stage. Among equal keys the tie breaks: durations first, so that two jobs of one
/// meaning that wait five minutes and an hour are not crossed; then document order.
struct Keyed {
  Key key{};
  std::int64_t tie = 0;
  std::uint32_t entry = 0;

  friend auto operator<=>(const Keyed&, const Keyed&) = default;
};

/// Which entries of both sides still look for a partner.
class Unpaired {
 public:
  Unpaired(std::size_t before, std::size_t after) : m_before(before, true), m_after(after, true) {}

  void pair(std::uint32_t before, std::uint32_t after) {
    m_before[before] = false;
    m_after[after] = false;
    m_pairs.push_back({before, after});
  }
  [[nodiscard]] std::vector<std::uint32_t> before() const { return list(m_before); }
  [[nodiscard]] std::vector<std::uint32_t> after() const { return list(m_after); }
  [[nodiscard]] bool before_is_free(std::uint32_t entry) const { return m_before[entry]; }
  [[nodiscard]] bool after_is_free(std::uint32_t entry) const { return m_after[entry]; }
  [[nodiscard]] std::size_t pairs() const { return m_pairs.size(); }
  [[nodiscard]] std::vector<JobPair> take_pairs() { return std::move(m_pairs); }

 private:
  static std::vector<std::uint32_t> list(const std::vector<bool>& flags) {
    std::vector<std::uint32_t> entries;
    for (std::uint32_t i = 0; i < flags.size(); ++i) {
      if (flags[i]) {
        entries.push_back(i);
      }
    }
    return entries;
  }

  std::vector<bool> m_before;
  std::vector<bool> m_after;
  std::vector<JobPair> m_pairs;
};

template <class KeyOf>
std::vector<Keyed> sorted_keys(const std::vector<std::uint32_t>& entries, const KeyOf& key_of) {
  std::vector<Keyed> keys;
  keys.reserve(entries.size());
  for (const std::uint32_t entry : entries) {
    if (const std::optional<Keyed> keyed = key_of(entry)) {
      keys.push_back(*keyed);
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// Pairs equal keys, the first with the first and so on. An entry without a key waits for the next stage.
template <class BeforeKey, class AfterKey>
void pair_by(Unpaired& unpaired, const BeforeKey& before_key, const AfterKey& after_key) {
  const auto left = sorted_keys(unpaired.before(), before_key), right = sorted_keys(unpaired.after(), after_key);
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i].key == right[j].key) {
      unpaired.pair(left[i++].entry, right[j++].entry);
    } else if (left[i].key < right[j].key) {
      ++i;
    } else {
      ++j;
    }
  }
}

/// One side of stages 1 to 4.
class EntryKeys {
 public:
  EntryKeys(std::span<const JobEntry> entries, std::span<const std::uint64_t> scopes)
      : m_entries(entries), m_scopes(scopes) {}

  [[nodiscard]] std::optional<Keyed> identity_in_place(std::uint32_t entry) const {
    const JobEntry& job = m_entries[entry];
    return job.identity == 0 ? std::nullopt : std::optional{Keyed{{job.identity, job.place, 0}, 0, entry}};
  }
  [[nodiscard]] std::optional<Keyed> identity(std::uint32_t entry) const {
    const JobEntry& job = m_entries[entry];
    return job.identity == 0 ? std::nullopt : std::optional{Keyed{{job.identity, 0, 0}, 0, entry}};
  }
  [[nodiscard]] std::optional<Keyed> flow_in_place(std::uint32_t entry) const {
    return with_targets(meaning_in_place(entry), entry);
  }
  [[nodiscard]] std::optional<Keyed> flow_in_scope(std::uint32_t entry) const {
    return with_targets(meaning_in_scope(entry), entry);
  }
  [[nodiscard]] std::optional<Keyed> meaning_in_place(std::uint32_t entry) const {
    const JobEntry& job = m_entries[entry];
    return Keyed{{job.meaning.low, job.meaning.high, job.place}, job.duration, entry};
  }
  [[nodiscard]] std::optional<Keyed> meaning_in_scope(std::uint32_t entry) const {
    const JobEntry& job = m_entries[entry];
    return Keyed{{job.meaning.low, job.meaning.high, m_scopes[job.place]}, job.duration, entry};
  }

 private:
  [[nodiscard]] std::optional<Keyed> with_targets(std::optional<Keyed> keyed, std::uint32_t entry) const {
    const std::uint64_t targets = m_entries[entry].targets;
    if (targets == 0) {
      return std::nullopt;
    }
    keyed->key[1] ^= targets;
    return keyed;
  }

  std::span<const JobEntry> m_entries;
  std::span<const std::uint64_t> m_scopes;  ///< for each place, a number for its framework and namespace
};

std::vector<std::uint64_t> scope_numbers(const Places& places) {
  std::unordered_map<std::string_view, std::uint64_t> numbers;
  std::vector<std::uint64_t> scopes;
  for (std::uint32_t place = 0; place < places.size(); ++place) {
    scopes.push_back(numbers.try_emplace(scope_of(places[place].queue), numbers.size()).first->second);
  }
  return scopes;
}

/// The sketches of the entries that are left on one side.
struct Sketched {
  std::vector<std::uint32_t> entries;
  std::vector<JobSketch> sketches;
  std::vector<std::uint32_t> places;  ///< of each entry
};

Result<Sketched> sketch_rest(std::vector<std::uint32_t> entries, std::span<const JobEntry> jobs,
                             const Sketcher& sketcher) {
  QSNAP_ASSIGN(std::vector<JobSketch> sketches, sketcher(entries));
  std::vector<std::uint32_t> places;
  for (const std::uint32_t entry : entries) {
    places.push_back(jobs[entry].place);
  }
  return Sketched{std::move(entries), std::move(sketches), std::move(places)};
}

/// Stages 5 to 8 number what is left anew: `Unpaired` of them holds indices into Sketched.
template <class Member>
void pair_by_sketch(Unpaired& unpaired, const Sketched& before, const Sketched& after, Member member) {
  const auto key_in_place = [member](const Sketched& side) {
    return [&side, member](std::uint32_t at) -> std::optional<Keyed> {
      const std::uint64_t value = side.sketches[at].*member;
      return value == 0 ? std::nullopt : std::optional{Keyed{{value, side.places[at], 0}, 0, at}};
    };
  };
  const auto key = [member](const Sketched& side) {
    return [&side, member](std::uint32_t at) -> std::optional<Keyed> {
      const std::uint64_t value = side.sketches[at].*member;
      return value == 0 ? std::nullopt : std::optional{Keyed{{value, 0, 0}, 0, at}};
    };
  };
  pair_by(unpaired, key_in_place(before), key_in_place(after));
  pair_by(unpaired, key(before), key(after));
}

/// Twice the leaves in common, over all leaves: 0 to 1.
double likeness(const JobSketch& a, const JobSketch& b) {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.leaves.size() && j < b.leaves.size();) {
    const bool equal = a.leaves[i] == b.leaves[j];
    common += equal ? 1 : 0;
    const bool step_a = a.leaves[i] <= b.leaves[j], step_b = b.leaves[j] <= a.leaves[i];
    i += step_a ? 1 : 0;
    j += step_b ? 1 : 0;
  }
  const std::size_t all = a.leaves.size() + b.leaves.size();
  return all == 0 ? 0 : 2.0 * static_cast<double>(common) / static_cast<double>(all);
}

std::size_t end_of_group(std::span<const Keyed> keys, std::size_t from) {
  std::size_t end = from;
  while (end < keys.size() && keys[end].key == keys[from].key) {
    ++end;
  }
  return end;
}

/// Two jobs that may be the same. Sorted by `unlikeness`, then `apart`: so the order does not depend on which side is
/// called before.
struct Candidate {
  std::uint32_t unlikeness = 0;  ///< 0 to k_scale
  std::uint32_t apart = 0;       ///< how far their ranks in the group are apart
  std::uint32_t ranks = 0;       ///< the sum of both
  std::uint32_t before = 0;
  std::uint32_t after = 0;

  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

/// Those of one group that are alike enough, among the ones whose ranks are near.
void add_candidates(std::vector<Candidate>& list, std::span<const Keyed> left, const Sketched& before,
                    std::span<const Keyed> right, const Sketched& after) {
  constexpr std::size_t k_reach = 4;  // nine candidates
  constexpr double k_scale = 1'000'000, k_alike = 0.5;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const std::size_t from = i < k_reach ? 0 : i - k_reach;
    for (std::size_t j = from; j < std::min(i + k_reach + 1, right.size()); ++j) {
      const double alike = likeness(before.sketches[left[i].entry], after.sketches[right[j].entry]);
      if (alike >= k_alike) {
        list.push_back({static_cast<std::uint32_t>((1 - alike) * k_scale),
                        static_cast<std::uint32_t>(i < j ? j - i : i - j), static_cast<std::uint32_t>(i + j),
                        left[i].entry, right[j].entry});
      }
    }
  }
}

void pair_best(Unpaired& unpaired, std::vector<Candidate>& candidates) {
  std::sort(candidates.begin(), candidates.end());
  for (const Candidate& candidate : candidates) {
    if (unpaired.before_is_free(candidate.before) && unpaired.after_is_free(candidate.after)) {
      unpaired.pair(candidate.before, candidate.after);
    }
  }
  candidates.clear();
}

void pair_by_likeness(Unpaired& unpaired, const Sketched& before, const Sketched& after) {
  const auto group_key = [](const Sketched& side) {
    return [&side](std::uint32_t at) { return std::optional{Keyed{{side.sketches[at].group, 0, 0}, 0, at}}; };
  };
  const auto left = sorted_keys(unpaired.before(), group_key(before));
  const auto right = sorted_keys(unpaired.after(), group_key(after));
  std::vector<Candidate> candidates;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    const std::size_t left_end = end_of_group(left, i), right_end = end_of_group(right, j);
    const auto order = left[i].key <=> right[j].key;
    if (order == 0) {
      add_candidates(candidates, std::span{left}.subspan(i, left_end - i), before,
                     std::span{right}.subspan(j, right_end - j), after);
      pair_best(unpaired, candidates);
    }
    i = order <= 0 ? left_end : i;
    j = order >= 0 ? right_end : j;
  }
}

std::vector<std::uint32_t> originals(const std::vector<std::uint32_t>& at, const Sketched& side) {
  std::vector<std::uint32_t> entries;
  for (const std::uint32_t i : at) {
    entries.push_back(side.entries[i]);
  }
  return entries;
}

/// Whether most jobs of the smaller side are on the other side under their id. Then the same Redis was captured twice,
/// and a job with another id is another job, however much they look alike: those that were worked off and those that
/// came.
bool have_lasting_ids(const Evidence& evidence, std::size_t pairs, std::size_t smaller_side) {
  return evidence.equal_jobs && 2 * (*evidence.equal_jobs + pairs) > *evidence.equal_jobs + smaller_side;
}

}  // namespace

Result<Matching> match_jobs(std::span<const JobEntry> before, std::span<const JobEntry> after, const Places& places,
                            const Sketcher& before_sketches, const Sketcher& after_sketches, const Evidence& evidence) {
  const std::vector<std::uint64_t> scopes = scope_numbers(places);
  const EntryKeys left{before, scopes}, right{after, scopes};
  Unpaired unpaired{before.size(), after.size()};
  const auto stage = [&](auto key) {
    pair_by(
        unpaired, [&](std::uint32_t entry) { return (left.*key)(entry); },
        [&](std::uint32_t entry) { return (right.*key)(entry); });
  };
  if (evidence.meaning == Evidence::Meaning::may_differ) {
    stage(&EntryKeys::identity_in_place);
    stage(&EntryKeys::identity);
  }
  const bool ids_last = have_lasting_ids(evidence, unpaired.pairs(), std::min(before.size(), after.size()));
  stage(&EntryKeys::flow_in_place);
  stage(&EntryKeys::flow_in_scope);
  stage(&EntryKeys::meaning_in_place);
  stage(&EntryKeys::meaning_in_scope);

  Matching matching{{}, unpaired.before(), unpaired.after()};
  if (!matching.removed.empty() && !matching.added.empty()) {
    QSNAP_ASSIGN(const Sketched old_jobs, sketch_rest(std::move(matching.removed), before, before_sketches));
    QSNAP_ASSIGN(const Sketched new_jobs, sketch_rest(std::move(matching.added), after, after_sketches));
    Unpaired rest{old_jobs.entries.size(), new_jobs.entries.size()};
    pair_by_sketch(rest, old_jobs, new_jobs, &JobSketch::chosen_id);
    pair_by_sketch(rest, old_jobs, new_jobs, &JobSketch::payload);
    if (!ids_last) {
      pair_by_likeness(rest, old_jobs, new_jobs);
    }
    pair_by_sketch(rest, old_jobs, new_jobs, &JobSketch::payload_in_scope);
    matching.removed = originals(rest.before(), old_jobs);
    matching.added = originals(rest.after(), new_jobs);
    for (const JobPair pair : rest.take_pairs()) {
      unpaired.pair(old_jobs.entries[pair.before], new_jobs.entries[pair.after]);
    }
  }
  matching.pairs = unpaired.take_pairs();
  return matching;
}

}  // namespace qsnap::diff
