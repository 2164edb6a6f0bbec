// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap {

/// A bounded reader over bytes that somebody else owns and that nobody has checked. Every read says what it could
/// not have; nothing is ever read behind the end. Integers are little-endian.
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : m_rest(bytes) {}

  [[nodiscard]] std::size_t remaining() const { return m_rest.size(); }
  [[nodiscard]] bool at_end() const { return m_rest.empty(); }

  Result<std::string_view> bytes(std::size_t count);
  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16();
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();
  /// LEB128, at most ten bytes, the shortest form only (so that one value has one spelling).
  Result<std::uint64_t> varint();

 private:
  template <class Integer>
  Result<Integer> little_endian();

  std::string_view m_rest;
};

void append_u16(std::string& out, std::uint16_t value);
void append_u32(std::string& out, std::uint32_t value);
void append_u64(std::string& out, std::uint64_t value);
void append_varint(std::string& out, std::uint64_t value);

}  // namespace qsnap
