// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstring>

#include <qsnap/redis/rdb/lzf.hpp>

namespace qsnap::redis {

namespace {

/// Copies of a few bytes are most of the work, and a call of memmove costs more than they do: so these copy in blocks,
/// too many bytes where there is room for them. The next copy writes over what was too much.
constexpr std::size_t k_block = 16;

/// `room` is how many bytes may be read from `from` and written to `to`. REQUIRES: count <= room
void copy_literals(const char* from, char* to, std::size_t count, std::size_t room) {
  if (count + k_block > room) {
    std::memcpy(to, from, count);
    return;
  }
  for (std::size_t i = 0; i < count; i += k_block) {
    std::memcpy(to + i, from + i, k_block);
  }
}

/// What is copied may overlap with where it goes: then the bytes just written are copied again, which is how LZF
/// writes a run. `room` is how many bytes may be written. REQUIRES: count <= room
void copy_back(char* to, std::size_t distance, std::size_t count, std::size_t room) {
  const char* from = to - distance;
  if (distance < k_block || count + k_block > room) {
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = from[i];
    }
    return;
  }
  for (std::size_t i = 0; i < count; i += k_block) {
    std::memcpy(to + i, from + i, k_block);
  }
}

}  // namespace

// A control byte below 32 announces that many literals and one; any other one says how much of what was written to
// repeat (3 bits; 7 = a further byte) and from how far back (13 bits with the byte that follows).
bool lzf_expand(std::string_view compressed, std::span<char> out) {
  constexpr unsigned k_literals = 32;
  constexpr unsigned k_long = 7;
  std::size_t done = 0;
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<std::uint8_t>(compressed[i])); };
  while (at < compressed.size()) {
    const unsigned control = byte(at++);
    if (control < k_literals) {
      const std::size_t count = control + 1;
      if (count > compressed.size() - at || count > out.size() - done) {
        return false;
      }
      const std::size_t room = std::min(compressed.size() - at, out.size() - done);
      copy_literals(compressed.data() + at, out.data() + done, count, room);
      at += count;
      done += count;
      continue;
    }
    std::size_t count = control >> 5U;
    if (compressed.size() - at < (count == k_long ? 2U : 1U)) {
      return false;
    }
    count += count == k_long ? byte(at++) : 0;
    count += 2;
    const std::size_t distance = ((control & 0x1fU) << 8U) + byte(at++) + 1;
    if (distance > done || count > out.size() - done) {
      return false;
    }
    copy_back(out.data() + done, distance, count, out.size() - done);
    done += count;
  }
  return done == out.size();
}

}  // namespace qsnap::redis
