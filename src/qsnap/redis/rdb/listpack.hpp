// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <qsnap/redis/rdb/packed_cursor.hpp>

namespace qsnap::redis {

/// Walks a listpack: small lists, hashes, sets and sorted sets since Redis 7.0, and the entries of streams. Integers
/// come as their decimal text. The blob outlives the walk.
class ListpackWalk {
 public:
  explicit ListpackWalk(std::string_view blob);

  /// The next item, absent behind the last one and at damage. The view lives until the next call.
  std::optional<std::string_view> next();
  /// After the last item: whether the blob is what Redis writes, to its last byte.
  [[nodiscard]] bool sound() const { return m_ended && !m_cursor.damaged(); }

 private:
  std::string_view item(std::uint8_t encoding);

  PackedCursor m_cursor;
  IntegerText m_text;
  std::uint16_t m_declared = 0;  ///< items, by the header
  std::uint64_t m_items = 0;
  bool m_ended = false;
};

}  // namespace qsnap::redis
