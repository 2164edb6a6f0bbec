// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace qsnap::redis {

/// What the walks over Redis's compact encodings (listpack, ziplist, intset, zipmap) have in common: bytes taken from
/// the front of a blob that nobody has checked. Taking too many marks the blob as damaged and gives zeros, so that a
/// walk asks once for each item and not for each byte.
class PackedCursor {
 public:
  explicit PackedCursor(std::string_view blob) : m_rest(blob) {}

  [[nodiscard]] std::size_t remaining() const { return m_rest.size(); }
  [[nodiscard]] bool damaged() const { return m_damaged; }
  void damage() {
    m_rest = {};
    m_damaged = true;
  }

  std::string_view bytes(std::size_t count) {
    if (count > m_rest.size()) {
      damage();
      return {};
    }
    const std::string_view taken = m_rest.substr(0, count);
    m_rest.remove_prefix(count);
    return taken;
  }

  std::uint8_t u8() {
    const std::string_view byte = bytes(1);
    return byte.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(byte.front());
  }

  enum class Endian { little, big };
  /// An unsigned integer of up to eight bytes.
  std::uint64_t integer(std::size_t width, Endian endian = Endian::little) {
    std::uint64_t value = 0;
    const std::string_view from = bytes(width);
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::size_t significance = endian == Endian::little ? i : width - 1 - i;
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(from[i])) << (8 * significance);
    }
    return value;
  }

  /// A little-endian integer in two's complement.
  std::int64_t signed_integer(std::size_t width) { return extend_sign(integer(width), static_cast<int>(8 * width)); }

  /// The number that the lowest `bits` of `value` are in two's complement. REQUIRES: 0 < bits <= 64
  [[nodiscard]] static std::int64_t extend_sign(std::uint64_t value, int bits) {
    const int shift = 64 - bits;
    return static_cast<std::int64_t>(value << shift) >> shift;
  }

 private:
  std::string_view m_rest;
  bool m_damaged = false;
};

/// The decimal text of an integer, in place.
class IntegerText {
 public:
  std::string_view print(std::int64_t value) {
    const std::to_chars_result result = std::to_chars(m_text.data(), m_text.data() + m_text.size(), value);
    return {m_text.data(), static_cast<std::size_t>(result.ptr - m_text.data())};
  }

 private:
  std::array<char, 20> m_text{};  ///< "-9223372036854775808"
};

}  // namespace qsnap::redis
