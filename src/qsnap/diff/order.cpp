// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

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
  const std::vector<std::uint32_t> kept = longest_increasing(targets);
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
