// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <qsnap/redis/rdb/packed_cursor.hpp>

namespace qsnap::redis {

/// Walks a zipmap, the small hash of Redis before 2.6: fields and values in turn. As ListpackWalk.
class ZipmapWalk {
 public:
  explicit ZipmapWalk(std::string_view blob) : m_cursor(blob) { m_cursor.u8(); }  // a count that may be wrong

  std::optional<std::string_view> next();
  [[nodiscard]] bool sound() const { return m_ended && !m_cursor.damaged(); }

 private:
  enum class Expected { field, value };

  PackedCursor m_cursor;
  Expected m_expected = Expected::field;
  bool m_ended = false;
};

}  // namespace qsnap::redis
