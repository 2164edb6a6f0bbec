// SPDX-License-Identifier: Apache-2.0
#include <qsnap/redis/rdb/zipmap.hpp>

namespace qsnap::redis {

// redis/src/zipmap.c of 2.4. A value is followed by bytes that are free; how many of them, a byte in front of it says.
std::optional<std::string_view> ZipmapWalk::next() {
  constexpr std::uint8_t k_end = 0xff;
  constexpr std::uint8_t k_long = 0xfe;
  const std::uint8_t first = m_cursor.u8();
  if (m_cursor.damaged()) {
    return std::nullopt;
  }
  if (first == k_end) {
    m_ended = m_expected == Expected::field && m_cursor.remaining() == 0;
    return std::nullopt;
  }
  const std::size_t length = first == k_long ? m_cursor.integer(4) : first;
  const std::size_t free = m_expected == Expected::value ? m_cursor.u8() : 0;
  const std::string_view found = m_cursor.bytes(length);
  m_cursor.bytes(free);
  m_expected = m_expected == Expected::field ? Expected::value : Expected::field;
  return m_cursor.damaged() ? std::nullopt : std::optional{found};
}

}  // namespace qsnap::redis
