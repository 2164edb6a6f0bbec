// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <qsnap/redis/rdb/packed_cursor.hpp>

namespace qsnap::redis {

/// Walks an intset: sets of integers, in numerical order. As ListpackWalk.
class IntsetWalk {
 public:
  explicit IntsetWalk(std::string_view blob) : m_cursor(blob) {
    m_width = m_cursor.integer(4);
    const std::uint64_t count = m_cursor.integer(4);
    const bool known_width = m_width == 2 || m_width == 4 || m_width == 8;
    if (!known_width || m_cursor.remaining() != count * m_width) {
      m_cursor.damage();
    }
  }

  std::optional<std::string_view> next() {
    return m_cursor.remaining() == 0 ? std::nullopt : std::optional{m_text.print(m_cursor.signed_integer(m_width))};
  }
  [[nodiscard]] bool sound() const { return !m_cursor.damaged(); }

 private:
  PackedCursor m_cursor;
  IntegerText m_text;
  std::size_t m_width = 0;
};

}  // namespace qsnap::redis
