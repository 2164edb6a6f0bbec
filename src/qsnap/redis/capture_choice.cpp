// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/capture_choice.hpp>
#include <qsnap/redis/key_scan.hpp>

namespace qsnap::redis {

namespace {

/// Up to so many keys, each is asked for its size: a database like Sidekiq's, with all jobs in a few large keys, shows
/// itself. With more keys the jobs are keys themselves, and structures hold their ids alone; asking all of them would
/// take a good part of the capture.
constexpr std::uint64_t k_few_keys = 5000;
/// Reading it again takes more than the 15 ms that writers should have to wait at the most (about 300 MB a second).
constexpr std::uint64_t k_large_key_bytes = 4 * limits::k_mib;
/// From here on the structures of a queue system are so large that a freeze has to pause writers for too long.
constexpr std::uint64_t k_many_keys = 200'000;

/// Where the server forks at once, fork is the faster way from about here on.
constexpr std::uint64_t k_worth_a_fork_keys = 1000;
/// A fork stops the server for 18 to 28 ms with so much memory, and for longer with more.
constexpr std::uint64_t k_light_fork_bytes = limits::k_gib;

/// Absent where MEMORY USAGE is not allowed, or there is no key.
Result<std::optional<LargestKey>> find_largest(Connection& connection, const std::vector<std::string>& prefixes) {
  constexpr std::size_t k_depth = 100;
  std::vector<std::string> names;
  QSNAP_TRY(scan_keys(connection, prefixes, [&](const std::vector<std::string_view>& found) -> Result<bool> {
    names.insert(names.end(), found.begin(), found.end());
    return names.size() <= k_few_keys;
  }));
  std::optional<LargestKey> largest;
  const auto make = [&](std::size_t i, Command& command) {
    command.insert(command.end(), {"MEMORY", "USAGE", names[i]});
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    const std::int64_t bytes = reply.integer().value_or(0);
    if (bytes > 0 && (!largest || static_cast<std::uint64_t>(bytes) > largest->bytes)) {
      largest = LargestKey{names[i], static_cast<std::uint64_t>(bytes)};
    }
    return {};
  };
  QSNAP_TRY(pipeline(connection, names.size(), k_depth, make, take));
  return largest;
}

/// Why a fork is out of the question; absent where it may be tried.
std::optional<std::string> fork_obstacle(const ServerFacts& facts) {
  if (facts.orphan) {
    return "this is a replica without its primary, which refuses SYNC";
  }
  if (!facts.diskless_sync) {
    return "the server does not tell (CONFIG GET) whether SYNC would make it write its dump.rdb";
  }
  if (!facts.diskless_sync->on) {
    return "SYNC would make the server write its dump.rdb: its repl-diskless-sync is off";
  }
  return std::nullopt;
}

CaptureChoice freeze_first(std::string reason) {
  return {{CaptureMode::freeze, CaptureMode::fork}, {std::move(reason)}};
}

CaptureChoice fork_first(const ServerFacts& facts, std::string reason) {
  CaptureChoice choice{{CaptureMode::fork, CaptureMode::freeze}, {std::move(reason)}};
  if (facts.diskless_sync->delay.count() > 0) {
    choice.reasons.push_back(fmt::format("the server waits {} s before it forks: repl-diskless-sync-delay",
                                         facts.diskless_sync->delay.count()));
  }
  return choice;
}

}  // namespace

Result<ServerFacts> look_at_server(Connection& connection, std::uint32_t database,
                                   const std::vector<std::string>& prefixes) {
  ServerFacts facts;
  facts.narrow = !prefixes.empty();
  QSNAP_ASSIGN(const ServerInfo info, ServerInfo::read(connection));
  facts.orphan = info.is_orphan();
  facts.keys = info.keys(database);
  if (const auto bytes = info.number("used_memory_rss"); bytes && *bytes >= 0) {
    facts.memory_bytes = static_cast<std::uint64_t>(*bytes);
  }
  QSNAP_ASSIGN(facts.diskless_sync, read_diskless_sync(connection));
  if (facts.keys && *facts.keys <= k_few_keys && !fork_obstacle(facts)) {
    QSNAP_ASSIGN(facts.largest, find_largest(connection, prefixes));
  }
  return facts;
}

CaptureChoice choose_capture(const ServerFacts& facts) {
  if (const auto obstacle = fork_obstacle(facts)) {
    return {{CaptureMode::freeze}, {*obstacle}};
  }
  if (facts.largest && facts.largest->bytes >= k_large_key_bytes) {
    constexpr double k_mib = limits::k_mib;
    return fork_first(facts, fmt::format("the key {} takes {:.1f} MiB: reading it again would keep writers waiting",
                                         facts.largest->name, static_cast<double>(facts.largest->bytes) / k_mib));
  }
  if (!facts.keys) {
    return freeze_first("the server does not tell how many keys it has");
  }
  if (facts.narrow) {
    return freeze_first("only keys with certain prefixes are wanted, and a fork would send them all");
  }
  if (*facts.keys > k_many_keys) {
    return fork_first(facts, fmt::format("the database has {} keys, more than {}", *facts.keys, k_many_keys));
  }
  const bool light = facts.memory_bytes && *facts.memory_bytes <= k_light_fork_bytes;
  if (light && facts.diskless_sync->delay.count() == 0 && *facts.keys >= k_worth_a_fork_keys) {
    return fork_first(
        facts,
        fmt::format("the server forks at once, which holds writers up for less than a freeze of {} keys", *facts.keys));
  }
  return freeze_first(
      fmt::format("{} keys can be read while writers go on, with a short pause at the end", *facts.keys));
}

bool may_fall_back(ErrorCode code) {
  switch (code) {
    case ErrorCode::redis_denied:
    case ErrorCode::redis_protocol:
    case ErrorCode::inconsistent:
    case ErrorCode::unsupported_version:
    case ErrorCode::refused:
      return true;
    default:
      return false;
  }
}

}  // namespace qsnap::redis
