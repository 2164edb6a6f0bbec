// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qsnap::redis {

/// How an object is laid out in an RDB (redis/src/rdb.h), with the Redis that wrote it first.
enum class RdbType : std::uint8_t {
  string = 0,
  list = 1,
  set = 2,
  zset_text = 3,  ///< scores as text
  hash = 4,
  zset = 5,  ///< 4.0: scores as doubles
  module = 6,
  module_2 = 7,
  hash_zipmap = 9,
  list_ziplist = 10,
  set_intset = 11,
  zset_ziplist = 12,
  hash_ziplist = 13,
  list_quicklist = 14,  ///< 3.2: ziplists
  stream = 15,          ///< 5.0
  hash_listpack = 16,   ///< 7.0, as the next three
  zset_listpack = 17,
  list_quicklist_2 = 18,     ///< listpacks, and large items as they are
  stream_2 = 19,             ///< with first id, largest deleted id, entries added, entries read
  set_listpack = 20,         ///< 7.2
  stream_3 = 21,             ///< 7.2: consumers with active times
  hash_expiring_draft = 22,  ///< 7.4, as the next three: fields with expiries; walked over, not read
  hash_expiring_packed_draft = 23,
  hash_expiring = 24,
  hash_expiring_packed = 25,
};

}  // namespace qsnap::redis
