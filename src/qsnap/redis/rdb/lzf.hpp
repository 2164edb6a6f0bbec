// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace qsnap::redis {

/// The most bytes that this many compressed ones can stand for: three of them copy at most 264.
[[nodiscard]] constexpr std::size_t lzf_bound(std::size_t compressed_bytes) {
  return compressed_bytes * 88;
}

/// Expands LZF, Redis's compression of long strings. False unless `compressed` stands for exactly out.size() bytes;
/// nothing is read or written outside of the two.
[[nodiscard]] bool lzf_expand(std::string_view compressed, std::span<char> out);

}  // namespace qsnap::redis
