// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/diff/order.hpp>

namespace qsnap::diff {

std::vector<std::uint32_t> longest_increasing(std::span<const std::uint32_t> values) {
  constexpr std::uint32_t k_none = UINT32_MAX;
  // tails[k]: index of the smallest value that ends an increasing run of length k + 1 (patience sorting).
  std::vector<std::uint32_t> tails, previous(values.size(), k_none);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const auto pile = std::lower_bound(tails.begin(), tails.end(), values[i],
                                       [&](std::uint32_t tail, std::uint32_t value) { return values[tail] < value; });
    if (pile != tails.begin()) {
      previous[i] = *(pile - 1);
    }
    if (pile == tails.end()) {
      tails.push_back(i);
    } else {
      *pile = i;
    }
  }
  std::vector<std::uint32_t> kept(tails.size());
  std::uint32_t at = tails.empty() ? k_none : tails.back();
  for (std::size_t k = tails.size(); k-- > 0; at = previous[at]) {
    kept[k] = at;
  }
  return kept;
}

namespace {

/// For each, how many stand in front of it on the after side.
std::vector<std::uint32_t> ranks_after(std::span<const Standing> list, std::span<const std::uint32_t> chosen) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_target;
  for (std::uint32_t i = 0; i < chosen.size(); ++i) {
    by_target.emplace_back(list[chosen[i]].after, i);
  }
  std::sort(by_target.begin(), by_target.end());
  std::vector<std::uint32_t> ranks(chosen.size());
  for (std::uint32_t rank = 0; rank < by_target.size(); ++rank) {
    ranks[by_target[rank].second] = rank;
  }
  return ranks;
}

/// longest_increasing() that keeps as few as can be that changed otherwise. What ends with the lowest ranks best is in
/// a Fenwick tree of maxima.
std::vector<std::uint32_t> longest_unchanged(std::span<const Standing> list, std::span<const std::uint32_t> chosen) {
  constexpr std::uint32_t k_none = UINT32_MAX;
  struct Run {
    std::uint64_t worth = 0;  ///< the length first, then how many did not change
    std::uint32_t last = k_none;
  };
  const std::vector<std::uint32_t> ranks = ranks_after(list, chosen);
  std::vector<Run> tree(chosen.size() + 1);
  std::vector<std::uint32_t> previous(chosen.size(), k_none);
  Run longest;
  const auto better = [](const Run& a, const Run& b) { return a.worth < b.worth ? b : a; };
  for (std::uint32_t i = 0; i < chosen.size(); ++i) {
    Run run;
    for (std::size_t at = ranks[i]; at > 0; at &= at - 1) {
      run = better(run, tree[at]);
    }
    previous[i] = run.last;
    const std::uint64_t own = list[chosen[i]].otherwise == Standing::Otherwise::same ? 1 : 0;
    run = {run.worth + chosen.size() + 1 + own, i};
    longest = better(longest, run);
    for (std::size_t at = ranks[i] + std::size_t{1}; at < tree.size(); at += at & (~at + 1)) {
      tree[at] = better(tree[at], run);
    }
  }
  std::vector<std::uint32_t> kept;
  for (std::uint32_t at = longest.last; at != k_none; at = previous[at]) {
    kept.push_back(at);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

}  // namespace

std::vector<std::uint32_t> out_of_order(std::span<const Standing> list) {
  std::vector<std::uint32_t> moved, in_gap, targets;
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (list[i].before_gap == list[i].after_gap) {
      in_gap.push_back(i);
      targets.push_back(list[i].after);
    } else {
      moved.push_back(i);
    }
  }
  std::vector<std::uint32_t> kept = longest_increasing(targets);
  const auto has_changed = [&](std::uint32_t i) { return list[in_gap[i]].otherwise == Standing::Otherwise::changed; };
  if (kept.size() < in_gap.size() && std::any_of(kept.begin(), kept.end(), has_changed)) {
    kept = longest_unchanged(list, in_gap);
  }
  for (std::uint32_t i = 0, next = 0; i < in_gap.size(); ++i) {
    if (next < kept.size() && kept[next] == i) {
      ++next;
    } else {
      moved.push_back(in_gap[i]);
    }
  }
  std::sort(moved.begin(), moved.end());
  return moved;
}

}  // namespace qsnap::diff
