// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/tracking.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_channel = "__redis__:invalidate";

Error no_tracking(std::string_view answer) {
  return make_error(
      ErrorCode::inconsistent,
      fmt::format("without CLIENT TRACKING no point-in-time state can be had: Redis answers: {}", answer),
      {"give the user the right: ACL SETUSER NAME +client|tracking +client|trackinginfo +client|id +subscribe +ping "
       "&__redis__:invalidate",
       "the server must be Redis 6.2 or newer"});
}

/// The subscriber's connection ended, or counts as ended for Redis.
Error lost(Error error) {
  error.hints.emplace_back(
      "Redis ends a connection that does not read quickly enough what it is told: CONFIG GET "
      "client-output-buffer-limit");
  return with_context(std::move(error), "the connection on which Redis tells of writes");
}

/// The reply to `command`, as no_tracking where it is an error.
Result<Reply> ask(Connection& connection, std::span<const std::string_view> command) {
  Reply reply;
  QSNAP_TRY(connection.send(command));
  QSNAP_TRY(connection.receive(reply));
  if (reply.is_error()) {
    return no_tracking(reply.text());
  }
  return reply;
}

}  // namespace

Result<Tracking> Tracking::start(const Endpoint& endpoint, Connection& reader, const std::vector<std::string>& prefixes,
                                 const Progress& progress) {
  QSNAP_ASSIGN(Connection subscriber, Connection::open(endpoint, ConnectionOptions{}, progress));
  const Command client_id{"CLIENT", "ID"};
  QSNAP_ASSIGN(const Reply id, ask(subscriber, client_id));
  const Command subscribe{"SUBSCRIBE", k_channel};
  QSNAP_TRY(ask(subscriber, subscribe));
  const std::int64_t number = id.integer().value_or(0);
  const std::string redirect = fmt::format_int(number).str();
  Command track{"CLIENT", "TRACKING", "ON", "REDIRECT", redirect, "BCAST"};
  for (const std::string& prefix : prefixes) {
    track.push_back("PREFIX");
    track.push_back(prefix);
  }
  QSNAP_TRY(ask(reader, track));
  return Tracking{std::move(subscriber), number};
}

Result<bool> Tracking::take_message(Heat& heat) {
  if (m_reply.is_error()) {
    return no_tracking(m_reply.text());
  }
  const auto& tokens = m_reply.tokens();
  if (tokens.size() >= 2 && m_reply.bytes(tokens[1]) == "pong") {
    return true;
  }
  if (tokens.size() < 4 || m_reply.bytes(tokens[1]) != "message" || m_reply.bytes(tokens[2]) != k_channel) {
    return make_error(ErrorCode::redis_protocol, "unexpected message on the tracking connection");
  }
  if (tokens[3].kind == Reply::Kind::nil) {
    m_flushed = true;
    return false;
  }
  for (std::size_t i = 4; i < tokens.size(); ++i) {
    const std::string_view key = m_reply.bytes(tokens[i]);
    m_dirty.emplace_back(key);
    const auto at = heat.find(key);
    if (at == heat.end()) {
      heat.emplace(key, 1);
    } else {
      ++at->second;
    }
  }
  constexpr std::size_t k_many = 1U << 16U;
  if (m_dirty.size() >= k_many && m_dirty.size() >= 2 * m_distinct) {
    m_dirty = take_dirty();
    m_distinct = m_dirty.size();
  }
  return false;
}

Result<void> Tracking::drain(Heat& heat) {
  while (true) {
    auto arrived = m_connection.receive_within(m_reply, std::chrono::milliseconds{0});
    if (!arrived) {
      return lost(std::move(arrived).error());
    }
    if (!*arrived) {
      return {};
    }
    QSNAP_TRY(take_message(heat));
  }
}

Result<void> Tracking::sync(Heat& heat) {
  QSNAP_TRY(m_connection.send({"PING"}));
  while (true) {
    auto received = m_connection.receive(m_reply);
    if (!received) {
      return lost(std::move(received).error());
    }
    QSNAP_ASSIGN(const bool pong, take_message(heat));
    if (pong) {
      return {};
    }
  }
}

Result<void> Tracking::confirm(Connection& reader) {
  const Command command{"CLIENT", "TRACKINGINFO"};
  QSNAP_ASSIGN(const Reply info, ask(reader, command));
  const auto flags = member(info, 0, "flags");
  const auto redirect = member(info, 0, "redirect");
  if (!flags || !redirect) {
    return unexpected_reply("CLIENT TRACKINGINFO");
  }
  bool tells_all = info.tokens()[*redirect].number == m_id;
  bool on = false;
  for (const std::size_t at : elements(info, *flags)) {
    const std::string_view flag = info.bytes(info.tokens()[at]);
    on = on || flag == "bcast";
    tells_all = tells_all && flag != "broken_redirect";
  }
  if (!on || !tells_all) {
    return lost(make_error(ErrorCode::redis_unreachable, "it was not told of all of them"));
  }
  return {};
}

std::vector<std::string> Tracking::take_dirty() {
  std::vector<std::string> keys = std::exchange(m_dirty, {});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  m_distinct = 0;
  return keys;
}

}  // namespace qsnap::redis
