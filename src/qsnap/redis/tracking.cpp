// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/redis/tracking.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_channel = "__redis__:invalidate";

Error no_tracking(std::string_view answer) {
  return make_error(ErrorCode::inconsistent,
                    fmt::format("without CLIENT TRACKING no point-in-time state can be had: Redis answers: {}", answer),
                    {"give the user the right: ACL SETUSER NAME +client|tracking +client|id +subscribe "
                     "&__redis__:invalidate",
                     "the server must be Redis 6.2 or newer"});
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

std::vector<std::string> distinct_prefixes(std::vector<std::string> prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  std::vector<std::string> out;
  for (std::string& prefix : prefixes) {
    if (out.empty() || !prefix.starts_with(out.back())) {
      out.push_back(std::move(prefix));
    }
  }
  return out;
}

Result<Tracking> Tracking::start(const Endpoint& endpoint, Connection& reader, const std::vector<std::string>& prefixes,
                                 const Progress& progress) {
  QSNAP_ASSIGN(Connection subscriber, Connection::open(endpoint, ConnectionOptions{}, progress));
  const Command client_id{"CLIENT", "ID"};
  QSNAP_ASSIGN(const Reply id, ask(subscriber, client_id));
  const Command subscribe{"SUBSCRIBE", k_channel};
  QSNAP_TRY(ask(subscriber, subscribe));
  const std::string number = fmt::format_int(id.integer().value_or(0)).str();
  Command track{"CLIENT", "TRACKING", "ON", "REDIRECT", number, "BCAST"};
  for (const std::string& prefix : prefixes) {
    track.push_back("PREFIX");
    track.push_back(prefix);
  }
  QSNAP_TRY(ask(reader, track));
  return Tracking{std::move(subscriber)};
}

Result<bool> Tracking::take_message(Heat& heat) {
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
    QSNAP_ASSIGN(const bool arrived, m_connection.receive_within(m_reply, std::chrono::milliseconds{0}));
    if (!arrived) {
      return {};
    }
    QSNAP_TRY(take_message(heat));
  }
}

Result<void> Tracking::sync(Heat& heat) {
  QSNAP_TRY(m_connection.send({"PING"}));
  while (true) {
    QSNAP_TRY(m_connection.receive(m_reply));
    QSNAP_ASSIGN(const bool pong, take_message(heat));
    if (pong) {
      return {};
    }
  }
}

std::vector<std::string> Tracking::take_dirty() {
  std::vector<std::string> keys = std::exchange(m_dirty, {});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  m_distinct = 0;
  return keys;
}

}  // namespace qsnap::redis
