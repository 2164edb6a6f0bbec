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

}  // namespace qsnap::diff
