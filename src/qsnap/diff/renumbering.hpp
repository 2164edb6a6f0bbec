// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include <qsnap/diff/keyed_hash.hpp>

namespace qsnap::diff {

/// Values that somebody makes anew in every run (request ids): they are others after, and still equal where they were
/// equal before. Each value before stands for one value after, and the other way round. Some 100 bytes of memory for
/// each pair.
class Renumbering {
 public:
  /// Whether the pair agrees with all pairs that agreed before it. Only texts with texts, and numbers with numbers.
  bool agrees(std::string_view before, std::string_view after);

 private:
  KeyedHash m_hash = KeyedHash::with_random_key();
  std::unordered_map<std::uint64_t, std::uint64_t> m_after_of, m_before_of;
};

}  // namespace qsnap::diff
