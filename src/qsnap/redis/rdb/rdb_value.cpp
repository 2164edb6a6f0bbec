// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/rdb/intset.hpp>
#include <qsnap/redis/rdb/listpack.hpp>
#include <qsnap/redis/rdb/ranked_elements.hpp>
#include <qsnap/redis/rdb/rdb_stream.hpp>
#include <qsnap/redis/rdb/rdb_value.hpp>
#include <qsnap/redis/rdb/ziplist.hpp>
#include <qsnap/redis/rdb/zipmap.hpp>

namespace qsnap::redis {

namespace {

using model::RedisType;

/// How a node of a quicklist of the second kind is kept.
constexpr std::uint64_t k_plain_node = 1;
constexpr std::uint64_t k_packed_node = 2;

/// Scores as text: a length, or one of these.
constexpr std::uint8_t k_text_nan = 253;
constexpr std::uint8_t k_text_infinity = 254;
constexpr std::uint8_t k_text_minus_infinity = 255;

std::optional<RedisType> redis_type(RdbType type) {
  switch (type) {
    case RdbType::string:
      return RedisType::string;
    case RdbType::list:
    case RdbType::list_ziplist:
    case RdbType::list_quicklist:
    case RdbType::list_quicklist_2:
      return RedisType::list;
    case RdbType::set:
    case RdbType::set_intset:
    case RdbType::set_listpack:
      return RedisType::set;
    case RdbType::hash:
    case RdbType::hash_zipmap:
    case RdbType::hash_ziplist:
    case RdbType::hash_listpack:
      return RedisType::hash;
    case RdbType::zset_text:
    case RdbType::zset:
    case RdbType::zset_ziplist:
    case RdbType::zset_listpack:
      return RedisType::zset;
    case RdbType::stream:
    case RdbType::stream_2:
    case RdbType::stream_3:
      return RedisType::stream;
    default:
      return std::nullopt;
  }
}

Error unknown_type(RdbType type) {
  std::string what = fmt::format("a value of the unknown type {}", static_cast<int>(type));
  if (type == RdbType::module || type == RdbType::module_2) {
    what = "a value of a Redis module";
  } else if (type >= RdbType::hash_expiring_draft && type <= RdbType::hash_expiring_packed) {
    what = "a hash with fields that expire";
  }
  return make_error(ErrorCode::unsupported_version, fmt::format("{} cannot be read from an RDB", what),
                    {"leave the key out with --prefix"});
}

}  // namespace

RdbValueReader::RdbValueReader(RdbCursor& cursor, Spool& spool)
    : m_cursor(cursor),
      m_spool(spool),
      m_parts(spool),
      m_members(spool, RedisType::set),
      m_fields(spool, RedisType::hash) {}

Result<std::optional<RdbValue>> RdbValueReader::read(RdbType type) {
  const auto known = redis_type(type);
  if (!known) {
    return unknown_type(type);
  }
  m_elements = 0;
  RdbValue value{*known, {}};
  switch (*known) {
    case RedisType::string: {
      QSNAP_ASSIGN(value.parts, read_string());
      return std::optional{std::move(value)};
    }
    case RedisType::list: {
      QSNAP_ASSIGN(value.parts, read_list(type));
      break;
    }
    case RedisType::set: {
      QSNAP_ASSIGN(value.parts, read_set(type));
      break;
    }
    case RedisType::hash: {
      QSNAP_ASSIGN(value.parts, read_hash(type));
      break;
    }
    case RedisType::zset: {
      QSNAP_ASSIGN(value.parts, read_zset(type));
      break;
    }
    case RedisType::stream: {  // may be empty
      QSNAP_ASSIGN(RdbStream stream, read_rdb_stream(m_cursor, type, m_spool));
      return std::optional{RdbValue{*known, std::move(stream.entries), std::move(stream.state)}};
    }
  }
  return m_elements == 0 ? std::nullopt : std::optional{std::move(value)};
}

template <class Walk, class Visit>
Result<void> RdbValueReader::for_each_item(Walk walk, const Visit& visit) {
  while (const auto item = walk.next()) {
    ++m_elements;
    QSNAP_TRY(visit(*item));
  }
  return walk.sound() ? Result<void>{} : m_cursor.damaged("a packed value that is not sound");
}

template <class Walk, class Visit>
Result<void> RdbValueReader::for_each_pair(Walk walk, const Visit& visit) {
  while (const auto name = walk.next()) {
    m_name = *name;
    const auto value = walk.next();
    if (!value) {
      return m_cursor.damaged("a packed value with half a pair");
    }
    ++m_elements;
    QSNAP_TRY(visit(m_name, *value));
  }
  return walk.sound() ? Result<void>{} : m_cursor.damaged("a packed value that is not sound");
}

Result<void> RdbValueReader::add_element(std::string_view item) {
  m_parts.block().push(item);
  return m_parts.end_element();
}

Result<RdbValueReader::Parts> RdbValueReader::read_string() {
  QSNAP_ASSIGN(const std::string_view text, m_cursor.string());
  QSNAP_TRY(add_element(text));
  return m_parts.finish();
}

Result<RdbValueReader::Parts> RdbValueReader::read_list(RdbType type) {
  const auto add = [&](std::string_view item) { return add_element(item); };
  if (type == RdbType::list_ziplist) {
    QSNAP_ASSIGN(const std::string_view blob, m_cursor.string());
    QSNAP_TRY(for_each_item(ZiplistWalk{blob}, add));
    return m_parts.finish();
  }
  QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_TRY(add_node(type));
  }
  return m_parts.finish();
}

/// An element of an old list, or a node of a quicklist.
Result<void> RdbValueReader::add_node(RdbType type) {
  const auto add = [&](std::string_view item) { return add_element(item); };
  std::uint64_t container = type == RdbType::list ? k_plain_node : k_packed_node;
  if (type == RdbType::list_quicklist_2) {
    QSNAP_ASSIGN(container, m_cursor.length());
  }
  if (container != k_plain_node && container != k_packed_node) {
    return m_cursor.damaged("a list node of an unknown kind");
  }
  QSNAP_ASSIGN(const std::string_view blob, m_cursor.string());
  if (container == k_plain_node) {
    ++m_elements;
    return add(blob);
  }
  return type == RdbType::list_quicklist ? for_each_item(ZiplistWalk{blob}, add)
                                         : for_each_item(ListpackWalk{blob}, add);
}

Result<RdbValueReader::Parts> RdbValueReader::read_set(RdbType type) {
  const auto add = [&](std::string_view item) { return m_members.add(item); };
  if (type == RdbType::set) {
    QSNAP_ASSIGN(m_elements, m_cursor.length());
    for (std::uint64_t i = 0; i < m_elements; ++i) {
      QSNAP_ASSIGN(const std::string_view member, m_cursor.string());
      QSNAP_TRY(add(member));
    }
    return m_members.finish();
  }
  QSNAP_ASSIGN(const std::string_view blob, m_cursor.string());
  QSNAP_TRY(type == RdbType::set_intset ? for_each_item(IntsetWalk{blob}, add)
                                        : for_each_item(ListpackWalk{blob}, add));
  return m_members.finish();
}

Result<RdbValueReader::Parts> RdbValueReader::read_hash(RdbType type) {
  const auto add = [&](std::string_view field, std::string_view value) { return m_fields.add(field, value); };
  if (type == RdbType::hash) {
    QSNAP_ASSIGN(m_elements, m_cursor.length());
    for (std::uint64_t i = 0; i < m_elements; ++i) {
      QSNAP_ASSIGN(m_name, m_cursor.string());
      QSNAP_ASSIGN(const std::string_view value, m_cursor.string());
      QSNAP_TRY(add(m_name, value));
    }
    return m_fields.finish();
  }
  QSNAP_ASSIGN(const std::string_view blob, m_cursor.string());
  if (type == RdbType::hash_zipmap) {
    QSNAP_TRY(for_each_pair(ZipmapWalk{blob}, add));
  } else if (type == RdbType::hash_ziplist) {
    QSNAP_TRY(for_each_pair(ZiplistWalk{blob}, add));
  } else {
    QSNAP_TRY(for_each_pair(ListpackWalk{blob}, add));
  }
  return m_fields.finish();
}

Result<RdbValueReader::Parts> RdbValueReader::read_zset(RdbType type) {
  if (type == RdbType::zset_text || type == RdbType::zset) {
    return read_large_zset(type);
  }
  m_last_score.reset();
  const auto add = [&](std::string_view member, std::string_view text) { return add_member(member, text); };
  QSNAP_ASSIGN(const std::string_view blob, m_cursor.string());
  if (type == RdbType::zset_ziplist) {
    QSNAP_TRY(for_each_pair(ZiplistWalk{blob}, add));
  } else {
    QSNAP_TRY(for_each_pair(ListpackWalk{blob}, add));
  }
  return m_parts.finish();
}

Result<void> RdbValueReader::add_member(std::string_view member, std::string_view score_text) {
  const auto score = parse_double(score_text);
  if (!score) {
    return m_cursor.damaged("a score that is no number");
  }
  if (m_last_score && !ranks_before(*m_last_score, m_last_member, *score, member)) {
    return m_cursor.damaged("a sorted set that is not sorted");
  }
  m_last_score = score;
  m_last_member = member;
  m_parts.block().push(member);
  m_parts.block().push(format_double(*score));
  return m_parts.end_element();
}

Result<RdbValueReader::Parts> RdbValueReader::read_large_zset(RdbType type) {
  RankedElements elements{m_spool};
  QSNAP_ASSIGN(m_elements, m_cursor.length());
  for (std::uint64_t i = 0; i < m_elements; ++i) {
    QSNAP_ASSIGN(m_name, m_cursor.string());
    QSNAP_ASSIGN(const double value, score(type));
    QSNAP_TRY(elements.add(m_name, value));
  }
  return elements.finish();
}

Result<double> RdbValueReader::score(RdbType type) {
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  if (type == RdbType::zset) {
    QSNAP_ASSIGN(const std::uint64_t bits, m_cursor.integer(8));
    const auto value = std::bit_cast<double>(bits);
    return std::isnan(value) ? Result<double>{m_cursor.damaged("a score that is no number")} : value;
  }
  QSNAP_ASSIGN(const std::uint8_t length, m_cursor.u8());
  if (length == k_text_infinity || length == k_text_minus_infinity) {
    return length == k_text_infinity ? k_infinity : -k_infinity;
  }
  QSNAP_ASSIGN(const std::string_view text, m_cursor.bytes(length));
  const auto value = length == k_text_nan ? std::nullopt : parse_double(text);
  return value ? Result<double>{*value} : m_cursor.damaged("a score that is no number");
}

Result<void> RdbValueReader::skip(RdbType type) {
  switch (type) {
    case RdbType::string:
    case RdbType::hash_zipmap:
    case RdbType::list_ziplist:
    case RdbType::set_intset:
    case RdbType::zset_ziplist:
    case RdbType::hash_ziplist:
    case RdbType::hash_listpack:
    case RdbType::zset_listpack:
    case RdbType::set_listpack:
      return m_cursor.skip_string();
    case RdbType::stream:
    case RdbType::stream_2:
    case RdbType::stream_3:
      return skip_rdb_stream(m_cursor, type);
    case RdbType::hash_expiring_draft:
    case RdbType::hash_expiring_packed_draft:
    case RdbType::hash_expiring:
    case RdbType::hash_expiring_packed:
      return skip_expiring_hash(type);
    case RdbType::module_2:
      return skip_module();
    default:
      break;
  }
  if (!redis_type(type)) {
    return unknown_type(type);
  }
  QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_TRY(skip_node(type));
  }
  return {};
}

/// One element of a collection that is not packed, or one node of a quicklist.
Result<void> RdbValueReader::skip_node(RdbType type) {
  if (type == RdbType::list_quicklist_2) {
    QSNAP_TRY(m_cursor.length());
  }
  QSNAP_TRY(m_cursor.skip_string());
  if (type == RdbType::hash) {
    return m_cursor.skip_string();
  }
  return type == RdbType::zset || type == RdbType::zset_text ? skip_score(type) : Result<void>{};
}

/// Each field's expiry, name and value, or all of them in one listpack; behind the first expiry of all, but in drafts.
Result<void> RdbValueReader::skip_expiring_hash(RdbType type) {
  if (type == RdbType::hash_expiring || type == RdbType::hash_expiring_packed) {
    QSNAP_TRY(m_cursor.skip(sizeof(std::int64_t)));
  }
  if (type == RdbType::hash_expiring_packed || type == RdbType::hash_expiring_packed_draft) {
    return m_cursor.skip_string();
  }
  QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_TRY(m_cursor.length());
    QSNAP_TRY(m_cursor.skip_string());
    QSNAP_TRY(m_cursor.skip_string());
  }
  return {};
}

/// The module's id, then what it wrote, piece by piece, each behind its kind (RDB_MODULE_OPCODE_* in redis/src/rdb.h).
Result<void> RdbValueReader::skip_module() {
  enum class Piece : std::uint64_t { end, signed_number, number, single_float, double_float, string };
  QSNAP_TRY(m_cursor.length());
  while (true) {
    QSNAP_ASSIGN(const std::uint64_t piece, m_cursor.length());
    switch (static_cast<Piece>(piece)) {
      case Piece::end:
        return {};
      case Piece::signed_number:
      case Piece::number:
        QSNAP_TRY(m_cursor.length());
        break;
      case Piece::single_float:
        QSNAP_TRY(m_cursor.skip(sizeof(float)));
        break;
      case Piece::double_float:
        QSNAP_TRY(m_cursor.skip(sizeof(double)));
        break;
      case Piece::string:
        QSNAP_TRY(m_cursor.skip_string());
        break;
      default:
        return m_cursor.damaged("an unknown piece of a module's value");
    }
  }
}

Result<void> RdbValueReader::skip_score(RdbType type) {
  if (type == RdbType::zset) {
    return m_cursor.skip(sizeof(double));
  }
  QSNAP_ASSIGN(const std::uint8_t length, m_cursor.u8());
  return length >= k_text_nan ? Result<void>{} : m_cursor.skip(length);
}

}  // namespace qsnap::redis
