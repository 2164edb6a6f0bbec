// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/rdb/rdb_value.hpp>

namespace qsnap::redis {

/// Reads one payload of DUMP: a value as an RDB has it, the RDB version, and a checksum, which is checked. Errors as
/// read_rdb() has them.
Result<RdbValue> read_dump(std::string_view payload, Spool& spool);

}  // namespace qsnap::redis
