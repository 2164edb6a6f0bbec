// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::redis {

Result<ServerInfo> ServerInfo::read(Connection& connection) {
  Reply reply;
  QSNAP_TRY(connection.send({"INFO"}));
  QSNAP_TRY(connection.receive(reply));
  return ServerInfo{reply.is_error() ? std::string_view{} : reply.text()};
}

ServerInfo::ServerInfo(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      m_fields.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 2);
  }
}

std::optional<std::string_view> ServerInfo::find(std::string_view field) const {
  const auto at = m_fields.find(field);
  return at == m_fields.end() ? std::nullopt : std::optional<std::string_view>{at->second};
}

std::optional<std::int64_t> ServerInfo::number(std::string_view field) const {
  const auto text = find(field);
  return text ? parse_integer(*text) : std::nullopt;
}

std::optional<std::uint64_t> ServerInfo::keys(std::uint32_t database) const {
  if (m_fields.empty()) {
    return std::nullopt;
  }
  const auto value = find(fmt::format("db{}", database)).value_or("keys=0,");  // keys=100108,expires=100,avg_ttl=0
  constexpr std::string_view k_keys = "keys=";
  const auto count = value.starts_with(k_keys)
                         ? parse_integer(value.substr(k_keys.size(), value.find(',') - k_keys.size()))
                         : std::nullopt;
  return count && *count >= 0 ? std::optional{static_cast<std::uint64_t>(*count)} : std::nullopt;
}

// db0:keys=3,expires=0,avg_ttl=0,subexpiry=1
std::uint64_t ServerInfo::hashes_with_expiring_fields(std::uint32_t database) const {
  const std::string_view value = find(fmt::format("db{}", database)).value_or("");
  for (const std::string_view name : {",subexpiry=", ",keys_with_volatile_items="}) {
    const std::size_t at = value.find(name);
    if (at != std::string_view::npos) {
      const std::string_view rest = value.substr(at + name.size());
      return static_cast<std::uint64_t>(
          std::max<std::int64_t>(0, parse_integer(rest.substr(0, rest.find(','))).value_or(0)));
    }
  }
  return 0;
}

Result<void> check_expiring_fields(const ServerInfo& info, std::uint32_t database) {
  const std::uint64_t hashes = info.hashes_with_expiring_fields(database);
  if (hashes == 0) {
    return {};
  }
  return make_error(
      ErrorCode::unsupported_version,
      fmt::format("database {} has {} hashes with fields that expire, which cannot be captured yet", database, hashes),
      {"to leave these keys out: --consistency=fork with --prefix"});
}

bool ServerInfo::is_orphan() const {
  return find("role") == "slave" && find("master_link_status") != "up";
}

bool ServerInfo::has_child() const {
  return find("rdb_bgsave_in_progress") == "1" || find("aof_rewrite_in_progress") == "1";
}

Result<Instant> server_time(Connection& connection) {
  Reply reply;
  QSNAP_TRY(connection.send({"TIME"}));
  QSNAP_TRY(connection.receive(reply));
  QSNAP_ASSIGN(const std::int64_t now_us, time_us(reply));
  return instant_from_ms(now_us / 1000);
}

Result<std::optional<DisklessSync>> read_diskless_sync(Connection& connection) {
  Reply reply;
  QSNAP_TRY(connection.send({"CONFIG", "GET", "repl-diskless-sync*"}));
  QSNAP_TRY(connection.receive(reply));
  const auto on = member(reply, 0, "repl-diskless-sync");
  const auto delay = member(reply, 0, "repl-diskless-sync-delay");
  if (reply.is_error() || !on) {
    return std::optional<DisklessSync>{};
  }
  const std::int64_t seconds = delay ? parse_integer(scalar(reply, *delay)).value_or(0) : 0;
  return std::optional{DisklessSync{scalar(reply, *on) == "yes", std::chrono::seconds{seconds}}};
}

}  // namespace qsnap::redis
