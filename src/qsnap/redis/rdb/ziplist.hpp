// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <qsnap/redis/rdb/packed_cursor.hpp>

namespace qsnap::redis {

/// Walks a ziplist: small lists, hashes and sorted sets before Redis 7.0. As ListpackWalk.
class ZiplistWalk {
 public:
  explicit ZiplistWalk(std::string_view blob);

  std::optional<std::string_view> next();
  [[nodiscard]] bool sound() const { return m_ended && !m_cursor.damaged(); }

 private:
  std::string_view item(std::uint8_t encoding);

  PackedCursor m_cursor;
  IntegerText m_text;
  std::uint16_t m_declared = 0;
  std::uint64_t m_items = 0;
  bool m_ended = false;
};

}  // namespace qsnap::redis
