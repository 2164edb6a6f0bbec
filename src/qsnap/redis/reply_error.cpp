// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

namespace {

struct Meaning {
  std::string_view start;  ///< of the reply
  ErrorCode code;
  std::string_view hint;
};

constexpr std::string_view k_login = "give user and password in QSNAP_REDIS_URL or with --credentials FILE";
constexpr std::string_view k_wait = "try again once the server is ready";
constexpr std::string_view k_cluster =
    "it is a node of a Redis Cluster, which this version does not support; name a Redis that stands alone";

/// What a server says about itself or about us, whatever the command was. In order: the first that fits.
constexpr auto k_meanings = std::to_array<Meaning>({
    {"NOAUTH", ErrorCode::redis_denied, k_login},
    {"WRONGPASS", ErrorCode::redis_denied, k_login},
    {"ERR invalid password", ErrorCode::redis_denied, k_login},  // before 6.0
    {"ERR AUTH", ErrorCode::redis_denied, "this server has no password: leave user and password out"},
    {"ERR wrong number of arguments for 'auth'", ErrorCode::redis_denied,
     "servers before Redis 6 have no users: give the password alone"},
    {"NOPERM", ErrorCode::redis_denied, "docs/redis-rights.md lists the rights that each command needs"},
    {"DENIED Redis is running in protected mode", ErrorCode::redis_denied,
     "without a password it answers its own machine only: give it a password or a user, or run git qsnap there"},
    {"LOADING", ErrorCode::redis_unreachable, k_wait},
    {"MASTERDOWN", ErrorCode::redis_unreachable,
     "this replica has lost its primary and does not serve old data: name the primary, or try again later"},
    {"BUSY ", ErrorCode::redis_unreachable,
     "a script keeps this server busy: try again when it has ended, or end it: redis-cli SCRIPT KILL"},
    {"ERR max number of clients reached", ErrorCode::redis_unreachable,
     "too many clients are connected: try again, or raise maxclients"},
    {"MOVED", ErrorCode::refused, k_cluster},
    {"ASK ", ErrorCode::refused, k_cluster},
    {"CLUSTERDOWN", ErrorCode::refused, k_cluster},
    {"CROSSSLOT", ErrorCode::refused, k_cluster},
    {"ERR SELECT is not allowed in cluster mode", ErrorCode::refused, k_cluster},
    {"READONLY", ErrorCode::refused, "this is a replica, which only its primary writes: name the primary"},
    {"OOM", ErrorCode::redis_denied, "the server is at its maxmemory: raise it, or make room first"},
    {"MISCONF", ErrorCode::redis_denied,
     "the server cannot write its own files and takes no writes until it can: look into its log"},
    {"NOREPLICAS", ErrorCode::redis_denied, "the server takes writes only while enough replicas follow it"},
    {"ERR DB index is out of range", ErrorCode::usage, "redis-cli CONFIG GET databases tells how many there are"},
    {"ERR unknown command", ErrorCode::redis_denied,
     "the server is too old for this command, or somebody renamed it or took it away"},
});

}  // namespace

Error reply_error(std::string_view text) {
  std::string message = fmt::format("Redis answers: {}", text);
  for (const Meaning& meaning : k_meanings) {
    if (text.starts_with(meaning.start)) {
      return make_error(meaning.code, std::move(message), {std::string{meaning.hint}});
    }
  }
  return make_error(ErrorCode::redis_protocol, std::move(message));
}

}  // namespace qsnap::redis
