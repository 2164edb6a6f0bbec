// SPDX-License-Identifier: Apache-2.0
#include <qsnap/redis/rdb/ziplist.hpp>

namespace qsnap::redis {

namespace {

constexpr std::uint8_t k_end = 0xff;
constexpr std::uint8_t k_long_previous = 0xfe;
constexpr std::uint16_t k_uncounted = 0xffff;

}  // namespace

ZiplistWalk::ZiplistWalk(std::string_view blob) : m_cursor(blob) {
  const std::uint64_t bytes = m_cursor.integer(4);
  m_cursor.bytes(4);  // where the last item begins, for walking backwards
  m_declared = static_cast<std::uint16_t>(m_cursor.integer(2));
  if (bytes != blob.size()) {
    m_cursor.damage();
  }
}

std::optional<std::string_view> ZiplistWalk::next() {
  const std::uint8_t previous = m_cursor.u8();  // the length of the item before
  if (m_cursor.damaged()) {
    return std::nullopt;
  }
  if (previous == k_end) {
    m_ended = m_cursor.remaining() == 0 && (m_declared == k_uncounted || m_declared == m_items);
    return std::nullopt;
  }
  if (previous == k_long_previous) {
    m_cursor.bytes(4);
  }
  const std::uint8_t encoding = m_cursor.u8();
  const std::string_view found = item(encoding);
  if (m_cursor.damaged()) {
    return std::nullopt;
  }
  ++m_items;
  return found;
}

// redis/src/ziplist.c
std::string_view ZiplistWalk::item(std::uint8_t encoding) {
  switch (encoding & 0xc0U) {
    case 0x00:  // 00xxxxxx: a string of up to 63 bytes
      return m_cursor.bytes(encoding & 0x3fU);
    case 0x40: {  // 01xxxxxx: of up to 16383
      const std::size_t high = (encoding & 0x3fU) << 8U;
      return m_cursor.bytes(high | m_cursor.u8());
    }
    case 0x80:  // longer, the one big-endian number of the format
      return m_cursor.bytes(m_cursor.integer(4, PackedCursor::Endian::big));
    default:
      break;
  }
  switch (encoding) {
    case 0xc0:
      return m_text.print(m_cursor.signed_integer(2));
    case 0xd0:
      return m_text.print(m_cursor.signed_integer(4));
    case 0xe0:
      return m_text.print(m_cursor.signed_integer(8));
    case 0xf0:
      return m_text.print(m_cursor.signed_integer(3));
    case 0xfe:
      return m_text.print(m_cursor.signed_integer(1));
    default:
      break;
  }
  if (encoding < 0xf1 || encoding > 0xfd) {
    m_cursor.damage();
    return {};
  }
  return m_text.print((encoding & 0x0f) - 1);  // 1111xxxx: 0 to 12
}

}  // namespace qsnap::redis
