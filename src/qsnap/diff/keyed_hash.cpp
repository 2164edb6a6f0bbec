// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>
#include <random>

#include <qsnap/base/cursor.hpp>
#include <qsnap/diff/keyed_hash.hpp>

namespace qsnap::diff {

namespace {

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  std::uint64_t squeeze() {
    for (int i = 0; i < 4; ++i) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

std::uint64_t little_endian(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  if (count == 0) {
    return word;  // memcpy may not be given the null of an empty view
  }
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes, count);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
  }
  return word;
}

}  // namespace

KeyedHash KeyedHash::with_random_key() {
  std::random_device device;
  const auto word = [&] { return static_cast<std::uint64_t>(device()) << 32U | device(); };
  const std::uint64_t key0 = word();
  return {key0, word()};
}

Hash128 KeyedHash::operator()(std::string_view bytes) const {
  constexpr std::size_t k_word = 8;
  SipState state{m_key0 ^ 0x736f6d6570736575ULL, m_key1 ^ 0x646f72616e646f6dULL ^ 0xee, m_key0 ^ 0x6c7967656e657261ULL,
                 m_key1 ^ 0x7465646279746573ULL};
  const std::uint64_t length = static_cast<std::uint64_t>(bytes.size()) << 56U;
  for (; bytes.size() >= k_word; bytes.remove_prefix(k_word)) {
    state.absorb(little_endian(bytes.data(), k_word));
  }
  state.absorb(length | little_endian(bytes.data(), bytes.size()));
  state.v2 ^= 0xee;
  const std::uint64_t low = state.squeeze();
  state.v1 ^= 0xdd;
  return {low, state.squeeze()};
}

void append_part(std::string& out, std::string_view part) {
  append_varint(out, part.size());
  out += part;
}

}  // namespace qsnap::diff
