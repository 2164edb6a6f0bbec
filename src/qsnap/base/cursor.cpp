// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/cursor.hpp>

namespace qsnap {

namespace {

Error truncated() {
  return make_error(ErrorCode::corrupt, "unexpected end of data");
}

template <class Integer>
void append_little_endian(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    out += static_cast<char>((static_cast<std::uint64_t>(value) >> (8U * i)) & 0xFFU);
  }
}

}  // namespace

Result<std::string_view> ByteCursor::bytes(std::size_t count) {
  if (count > m_rest.size()) {
    return truncated();
  }
  const std::string_view taken = m_rest.substr(0, count);
  m_rest.remove_prefix(count);
  return taken;
}

template <class Integer>
Result<Integer> ByteCursor::little_endian() {
  QSNAP_ASSIGN(const std::string_view raw, bytes(sizeof(Integer)));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(raw[i])) << (8U * i);
  }
  return static_cast<Integer>(value);
}

Result<std::uint8_t> ByteCursor::u8() {
  return little_endian<std::uint8_t>();
}
Result<std::uint16_t> ByteCursor::u16() {
  return little_endian<std::uint16_t>();
}
Result<std::uint32_t> ByteCursor::u32() {
  return little_endian<std::uint32_t>();
}
Result<std::uint64_t> ByteCursor::u64() {
  return little_endian<std::uint64_t>();
}

Result<std::uint64_t> ByteCursor::varint() {
  constexpr unsigned char k_goes_on = 0x80;
  if (!m_rest.empty() && static_cast<unsigned char>(m_rest.front()) < k_goes_on) {  // most are one byte
    const auto byte = static_cast<unsigned char>(m_rest.front());
    m_rest.remove_prefix(1);
    return byte;
  }
  constexpr unsigned k_last_shift = 63;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift <= k_last_shift; shift += 7) {
    QSNAP_ASSIGN(const std::uint8_t byte, u8());
    const std::uint64_t bits = byte & 0x7FU;
    const bool too_big = shift == k_last_shift && bits > 1;
    const bool padded = bits == 0 && shift > 0 && byte == 0;
    if (too_big || padded) {
      break;
    }
    value |= bits << shift;
    if ((byte & 0x80U) == 0) {
      return value;
    }
  }
  return make_error(ErrorCode::corrupt, "bad variable-length integer");
}

void append_u16(std::string& out, std::uint16_t value) {
  append_little_endian(out, value);
}
void append_u32(std::string& out, std::uint32_t value) {
  append_little_endian(out, value);
}
void append_u64(std::string& out, std::uint64_t value) {
  append_little_endian(out, value);
}

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

}  // namespace qsnap
