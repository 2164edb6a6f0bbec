// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace qsnap::diff {

/// The indices of one longest strictly increasing subsequence of `values`, ascending. O(n log n): what is not in it
/// is the smallest set of elements that must have moved.
[[nodiscard]] std::vector<std::uint32_t> longest_increasing(std::span<const std::uint32_t> values);

}  // namespace qsnap::diff
