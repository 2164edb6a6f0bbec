// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/rdb/rdb_cursor.hpp>
#include <qsnap/redis/rdb/rdb_type.hpp>

namespace qsnap::redis {

/// A stream in the spool: the tuples of its entries, and meta and group tuples as KeyTable::set_stream_state wants
/// them.
struct RdbStream {
  std::vector<SpoolRef> entries;
  std::vector<SpoolRef> state;
};

/// REQUIRES for both: type is a stream's
Result<RdbStream> read_rdb_stream(RdbCursor& cursor, RdbType type, Spool& spool);
Result<void> skip_rdb_stream(RdbCursor& cursor, RdbType type);

}  // namespace qsnap::redis
