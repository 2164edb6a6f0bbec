// SPDX-License-Identifier: Apache-2.0
#include <qsnap/redis/rdb/listpack.hpp>

namespace qsnap::redis {

namespace {

constexpr std::uint8_t k_end = 0xff;
/// So many items or more are not counted in the header.
constexpr std::uint16_t k_uncounted = 0xffff;

/// How many bytes the entry's own length takes behind it, in groups of seven bits.
std::size_t back_length_bytes(std::size_t entry_bytes) {
  std::size_t bytes = 1;
  for (std::size_t rest = entry_bytes >> 7U; rest != 0 && bytes < 5; rest >>= 7U) {
    ++bytes;
  }
  return bytes;
}

}  // namespace

ListpackWalk::ListpackWalk(std::string_view blob) : m_cursor(blob) {
  const std::uint64_t bytes = m_cursor.integer(4);
  m_declared = static_cast<std::uint16_t>(m_cursor.integer(2));
  if (bytes != blob.size()) {
    m_cursor.damage();
  }
}

std::optional<std::string_view> ListpackWalk::next() {
  const std::size_t before = m_cursor.remaining();
  const std::uint8_t encoding = m_cursor.u8();
  if (m_cursor.damaged()) {
    return std::nullopt;
  }
  if (encoding == k_end) {
    m_ended = m_cursor.remaining() == 0 && (m_declared == k_uncounted || m_declared == m_items);
    return std::nullopt;
  }
  const std::string_view found = item(encoding);
  m_cursor.bytes(back_length_bytes(before - m_cursor.remaining()));
  if (m_cursor.damaged()) {
    return std::nullopt;
  }
  ++m_items;
  return found;
}

// redis/src/listpack.c: the first bits say what follows.
std::string_view ListpackWalk::item(std::uint8_t encoding) {
  if ((encoding & 0x80U) == 0) {  // 0xxxxxxx: 0 to 127
    return m_text.print(encoding);
  }
  if ((encoding & 0xc0U) == 0x80U) {  // 10xxxxxx: a string of up to 63 bytes
    return m_cursor.bytes(encoding & 0x3fU);
  }
  if ((encoding & 0xe0U) == 0xc0U) {  // 110xxxxx: 13 bits
    return m_text.print(PackedCursor::extend_sign((encoding & 0x1fU) << 8U | m_cursor.u8(), 13));
  }
  if ((encoding & 0xf0U) == 0xe0U) {  // 1110xxxx: a string of up to 4095 bytes
    const std::size_t high = (encoding & 0x0fU) << 8U;
    return m_cursor.bytes(high | m_cursor.u8());
  }
  switch (encoding) {
    case 0xf0:
      return m_cursor.bytes(m_cursor.integer(4));
    case 0xf1:
      return m_text.print(m_cursor.signed_integer(2));
    case 0xf2:
      return m_text.print(m_cursor.signed_integer(3));
    case 0xf3:
      return m_text.print(m_cursor.signed_integer(4));
    case 0xf4:
      return m_text.print(m_cursor.signed_integer(8));
    default:
      m_cursor.damage();
      return {};
  }
}

}  // namespace qsnap::redis
