// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace qsnap::diff {

/// The indices of one longest strictly increasing subsequence of `values`, ascending. O(n log n): what is not in it
/// is the smallest set of elements that must have moved.
[[nodiscard]] std::vector<std::uint32_t> longest_increasing(std::span<const std::uint32_t> values);

/// Where something stands on both sides. `gap` counts the anchors in front of it: things that are known to have kept
/// their order.
struct Standing {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  std::uint32_t before_gap = 0;
  std::uint32_t after_gap = 0;
  enum class Otherwise : std::uint8_t { same, changed } otherwise = Otherwise::same;
};

/// Those that did not keep their order, by index, ascending: the smallest set, but that who stands on another side of
/// an anchor has moved. Of several such sets one with as many as can be that changed otherwise, which may be why they
/// moved. O(n log n). REQUIRES: ascending by `before`, `after` without equals
[[nodiscard]] std::vector<std::uint32_t> out_of_order(std::span<const Standing> list);

}  // namespace qsnap::diff
