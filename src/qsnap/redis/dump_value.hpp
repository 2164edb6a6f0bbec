// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/key_image.hpp>

namespace qsnap::redis {

/// What DUMP answered for one key, in the layout of model/keyspace.hpp.
struct DumpedValue {
  model::RedisType type = model::RedisType::string;
  std::vector<SpoolRef> parts;
  std::vector<SpoolRef> stream_state;  ///< of a stream, for KeyTable::set_stream_state; `parts` are its entries then
};

/// Reads one payload of DUMP: a value as an RDB has it, the RDB version, and a checksum, which is checked. Errors as
/// read_rdb() has them.
Result<DumpedValue> read_dump(std::string_view payload, Spool& spool);

}  // namespace qsnap::redis
