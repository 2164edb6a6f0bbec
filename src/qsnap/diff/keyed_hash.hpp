// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace qsnap::diff {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, https://131002.net/siphash/), under a key that is new
/// for each comparison. Both documents may be hostile, and an equal hash is taken for equal bytes: with a secret key
/// nobody can prepare two lines that collide, and by chance 2^31 lines do with a probability of 2^-67. So nothing has
/// to be verified, and results do not depend on the key.
class KeyedHash {
 public:
  KeyedHash(std::uint64_t key0, std::uint64_t key1) : m_key0(key0), m_key1(key1) {}
  static KeyedHash with_random_key();

  [[nodiscard]] Hash128 operator()(std::string_view bytes) const;

 private:
  std::uint64_t m_key0;
  std::uint64_t m_key1;
};

/// Appends `part` so that no two lists of parts give the same bytes.
void append_part(std::string& out, std::string_view part);

}  // namespace qsnap::diff
