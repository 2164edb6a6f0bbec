// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/server_info.hpp>

/// `--consistency=auto`: which mode is best for a server, and what to try when that fails. docs/capture.md has the
/// rules in words, and the measurements behind them.
namespace qsnap::redis {

/// The key that takes the most memory. One that is hot has to be read again, as a whole, inside the pause of a freeze.
struct LargestKey {
  std::string name;
  std::uint64_t bytes = 0;
};

/// What is known of a server before a capture. Absent: the user may not ask, or asking would take too long.
struct ServerFacts {
  std::optional<std::uint64_t> keys;          ///< in the database that is wanted
  std::optional<std::uint64_t> memory_bytes;  ///< of the whole server: what a fork has to copy the page table of
  std::optional<LargestKey> largest;          ///< looked for where there are few keys
  std::optional<DisklessSync> diskless_sync;
  bool orphan = false;  ///< a replica without its primary
  bool narrow = false;  ///< only keys with certain prefixes are wanted
};

struct CaptureChoice {
  std::vector<CaptureMode> order;    ///< the first one is tried first; freeze stands for rounds, too. Never empty
  std::vector<std::string> reasons;  ///< a sentence each; may hold hostile bytes
};

/// Asks the server, in a few milliseconds. What the user may not ask is absent and no error.
Result<ServerFacts> look_at_server(Connection& connection, std::uint32_t database,
                                   const std::vector<std::string>& prefixes);

[[nodiscard]] CaptureChoice choose_capture(const ServerFacts& facts);

/// Whether another mode may succeed where one failed so: rights, settings of the server, a key too hot, an RDB version
/// that we do not know. Not where a connection was lost or bytes were damaged.
[[nodiscard]] bool may_fall_back(ErrorCode code);

}  // namespace qsnap::redis
