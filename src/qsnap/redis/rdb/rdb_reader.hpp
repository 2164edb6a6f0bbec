// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/rdb/rdb_input.hpp>

namespace qsnap::redis {

struct RdbOptions {
  std::uint32_t database = 0;
  std::vector<std::string> prefixes;  ///< keys that start with one of these; empty = all of the database
};

/// What an RDB says of itself.
struct RdbInfo {
  int version = 0;
  std::string redis_version;          ///< empty where the file does not tell
  std::optional<Instant> created_at;  ///< whole seconds; absent where the file does not tell
  std::uint64_t keys = 0;             ///< of the wanted database and prefixes
  std::uint64_t keys_elsewhere = 0;   ///< in other databases
  std::uint64_t functions = 0;        ///< server-side libraries: not part of any database
  bool checked = false;               ///< there was a checksum, and it is right
};

/// Reads one RDB from its magic to its checksum, where the input must end, front to back and in bounded memory, into a
/// table of keys whose values lie in the spool, laid out as model/keyspace.hpp says. Every length is checked against
/// what is there before anything is allocated. Errors with `corrupt` for bytes that no Redis writes (a wrong checksum,
/// a truncated file), `unsupported_version` for types and opcodes that this reader does not know (modules, hash field
/// expiries, versions to come), `limit_exceeded` beyond base/limits.hpp. `table` is empty before and not frozen after.
Result<RdbInfo> read_rdb(RdbInput& input, const RdbOptions& options, KeyTable& table, Spool& spool,
                         const Progress& progress);

}  // namespace qsnap::redis
