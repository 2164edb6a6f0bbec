// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/rdb/rdb_cursor.hpp>
#include <qsnap/redis/rdb/rdb_type.hpp>
#include <qsnap/redis/sorted_elements.hpp>

namespace qsnap::redis {

/// A key's value in the spool, laid out as model/keyspace.hpp says.
struct RdbValue {
  model::RedisType type = model::RedisType::string;
  std::vector<SpoolRef> parts;
  std::vector<SpoolRef> stream_state{};  ///< of a stream, for KeyTable::set_stream_state; `parts` are its entries then
};

/// Decodes objects, one after the other, into the same items that typed reads of a server give.
class RdbValueReader {
 public:
  /// Neither is owned.
  RdbValueReader(RdbCursor& cursor, Spool& spool);

  /// Absent for a collection without elements, which old versions of Redis wrote at times and every one drops when
  /// it loads it. Errors with `unsupported_version` for types that this reader does not know.
  Result<std::optional<RdbValue>> read(RdbType type);
  /// Walks over an object without decoding it.
  Result<void> skip(RdbType type);

 private:
  using Parts = std::vector<SpoolRef>;
  Result<Parts> read_string();
  Result<Parts> read_list(RdbType type);
  Result<Parts> read_set(RdbType type);
  Result<Parts> read_hash(RdbType type);
  Result<Parts> read_zset(RdbType type);
  Result<Parts> read_large_zset(RdbType type);

  Result<void> add_node(RdbType type);
  Result<double> score(RdbType type);
  Result<void> skip_node(RdbType type);
  Result<void> skip_expiring_hash(RdbType type);
  Result<void> skip_module();
  Result<void> skip_score(RdbType type);
  Result<void> add_element(std::string_view item);
  Result<void> add_member(std::string_view member, std::string_view score_text);
  template <class Walk, class Visit>
  Result<void> for_each_item(Walk walk, const Visit& visit);
  template <class Walk, class Visit>
  Result<void> for_each_pair(Walk walk, const Visit& visit);

  RdbCursor& m_cursor;
  Spool& m_spool;
  PartWriter m_parts;
  SortedElements m_members;
  SortedElements m_fields;
  std::string m_name;            ///< a field or member while what belongs to it is read
  std::uint64_t m_elements = 0;  ///< of the value that is being read
  std::optional<double> m_last_score;
  std::string m_last_member;
};

}  // namespace qsnap::redis
