// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// What INFO says. A user without the right for it sees none of it.
class ServerInfo {
 public:
  static Result<ServerInfo> read(Connection& connection);
  /// From the text of the reply.
  explicit ServerInfo(std::string_view text);

  /// The value of a field: "7.0.15" of redis_version; absent where INFO does not tell it.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view field) const;
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view field) const;
  /// Keys in a database, 0 for an empty one; absent where INFO does not tell.
  [[nodiscard]] std::optional<std::uint64_t> keys(std::uint32_t database) const;
  /// Hashes in a database whose fields expire (Redis 7.4, Valkey 9); 0 where INFO does not tell.
  [[nodiscard]] std::uint64_t hashes_with_expiring_fields(std::uint32_t database) const;
  /// A replica that has no connection to its primary: it refuses SYNC.
  [[nodiscard]] bool is_orphan() const;
  /// Another child of the server is saving or rewriting: an image has to wait for its end.
  [[nodiscard]] bool has_child() const;

 private:
  std::map<std::string, std::string, std::less<>> m_fields;
};

/// Typed reads do not see when the fields of a hash expire, so a database that has such fields is refused rather than
/// captured without them (`unsupported_version`).
Result<void> check_expiring_fields(const ServerInfo& info, std::uint32_t database);

/// The server's TIME.
Result<Instant> server_time(Connection& connection);

/// How the server would answer SYNC, from its configuration.
struct DisklessSync {
  bool on = false;                ///< off: SYNC makes it write its dump.rdb, whatever the client can do
  std::chrono::seconds delay{0};  ///< repl-diskless-sync-delay: it waits so long for further replicas
};
/// Absent where the user may not ask, or the server does not know the setting. `CONFIG GET` of these settings only.
Result<std::optional<DisklessSync>> read_diskless_sync(Connection& connection);

}  // namespace qsnap::redis
