// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <hiredis/sds.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/socket.hpp>

namespace qsnap::redis {

namespace {

/// Queued commands are sent once they are this many bytes, so that a long pipeline needs no large buffer.
constexpr std::size_t k_send_bytes = 64 * limits::k_kib;
constexpr std::size_t k_read_bytes = 64 * limits::k_kib;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  for (const std::string_view start : starts) {
    if (text.starts_with(start)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Error reply_error(std::string_view text) {
  std::string message = fmt::format("Redis answers: {}", text);
  if (starts_with_any(text, {"NOAUTH", "WRONGPASS", "ERR invalid password"})) {
    return make_error(ErrorCode::redis_denied, std::move(message),
                      {"give user and password in QSNAP_REDIS_URL or with --credentials FILE"});
  }
  if (starts_with_any(text, {"NOPERM", "DENIED", "ERR AUTH"})) {
    return make_error(ErrorCode::redis_denied, std::move(message),
                      {"docs/redis-rights.md lists the rights that each command needs"});
  }
  if (starts_with_any(text, {"LOADING", "MASTERDOWN"})) {
    return make_error(ErrorCode::redis_unreachable, std::move(message), {"try again once the server is ready"});
  }
  if (starts_with_any(text, {"MOVED", "ASK ", "CLUSTERDOWN", "CROSSSLOT"})) {
    return make_error(ErrorCode::refused, "this is a Redis Cluster node; clusters are not supported");
  }
  if (starts_with_any(text, {"READONLY"})) {
    return make_error(ErrorCode::refused, std::move(message), {"this is a replica; name its primary"});
  }
  return make_error(ErrorCode::redis_protocol, std::move(message));
}

struct Connection::State {
  Socket socket;
  ConnectionOptions options;
  Progress progress;
  std::string peer;
  ReplyParser parser;
  std::string out;
  std::vector<const char*> arguments;  ///< reused between commands
  std::vector<std::size_t> lengths;
  std::array<char, k_read_bytes> in{};

  Result<bool> fill(std::chrono::milliseconds wait);
};

Connection::Connection(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

namespace {

Result<void> authenticate(Connection& connection, const Endpoint& endpoint) {
  if (endpoint.password.empty() && endpoint.user.empty()) {
    return {};
  }
  auto answer = endpoint.user.empty() ? connection.call({"AUTH", endpoint.password})
                                      : connection.call({"AUTH", endpoint.user, endpoint.password});
  if (!answer) {
    return with_context(std::move(answer).error(), fmt::format("logging in to {}", endpoint.display()));
  }
  return {};
}

/// Clusters want one capture for each primary and load by slot: not this one. A user without the right for INFO is
/// told by MOVED replies instead.
Result<void> refuse_cluster(Connection& connection, const Endpoint& endpoint) {
  Reply reply;
  QSNAP_TRY(connection.send({"INFO", "cluster"}));
  QSNAP_TRY(connection.receive(reply));
  if (reply.text().find("cluster_enabled:1") != std::string_view::npos) {
    return make_error(ErrorCode::refused,
                      fmt::format("{} is a Redis Cluster node; clusters are not supported", endpoint.display()));
  }
  if (reply.is_error() && !reply.text().starts_with("NOPERM")) {
    return with_context(reply_error(reply.text()), endpoint.display());
  }
  return {};
}

Result<void> select_database(Connection& connection, const Endpoint& endpoint) {
  if (endpoint.database == 0) {
    return {};
  }
  Reply reply;
  const std::string number = fmt::format_int(endpoint.database).str();
  QSNAP_TRY(connection.send({"SELECT", number}));
  QSNAP_TRY(connection.receive(reply));
  if (!reply.is_error()) {
    return {};
  }
  if (reply.text().find("out of range") != std::string_view::npos) {
    return make_error(ErrorCode::usage, fmt::format("the server has no database {}", endpoint.database),
                      {"redis-cli CONFIG GET databases tells how many there are"});
  }
  return reply_error(reply.text());
}

}  // namespace

Result<Connection> Connection::open(const Endpoint& endpoint, const ConnectionOptions& options, Progress progress) {
  QSNAP_ASSIGN(Socket socket, Socket::connect(endpoint, options.connect_timeout, progress));
  // NOLINTNEXTLINE(modernize-make-unique): clang 14 has no make_unique for aggregates
  Connection connection{std::unique_ptr<State>{
      new State{std::move(socket), options, std::move(progress), endpoint.display(), {}, {}, {}, {}, {}}}};
  QSNAP_TRY(authenticate(connection, endpoint));
  QSNAP_TRY(refuse_cluster(connection, endpoint));
  QSNAP_TRY(select_database(connection, endpoint));
  return connection;
}

Result<void> Connection::send(std::span<const std::string_view> command) {
  State& state = *m_state;
  state.arguments.clear();
  state.lengths.clear();
  for (const std::string_view argument : command) {
    state.arguments.push_back(argument.data());
    state.lengths.push_back(argument.size());
  }
  sds formatted = nullptr;
  const int length = redisFormatSdsCommandArgv(&formatted, static_cast<int>(command.size()), state.arguments.data(),
                                               state.lengths.data());
  const std::unique_ptr<char, decltype(&redisFreeSdsCommand)> owner{formatted, &redisFreeSdsCommand};
  if (length < 0) {
    return make_error(ErrorCode::limit_exceeded, "a Redis command is too long");
  }
  state.out.append(formatted, static_cast<std::size_t>(length));
  return state.out.size() >= k_send_bytes ? flush() : Result<void>{};
}

Result<void> Connection::send(std::initializer_list<std::string_view> command) {
  return send(std::span<const std::string_view>{command.begin(), command.size()});
}

Result<void> Connection::flush() {
  State& state = *m_state;
  if (state.out.empty()) {
    return {};
  }
  QSNAP_TRY(state.socket.write(state.out, state.options.reply_timeout, state.progress));
  state.out.clear();
  return {};
}

Result<bool> Connection::State::fill(std::chrono::milliseconds wait) {
  QSNAP_ASSIGN(const std::size_t count, socket.read(in, wait, progress));
  parser.feed({in.data(), count});
  return count > 0;
}

Result<void> Connection::receive(Reply& reply) {
  QSNAP_TRY(flush());
  QSNAP_ASSIGN(const bool arrived, receive_within(reply, m_state->options.reply_timeout));
  if (!arrived) {
    return make_error(ErrorCode::redis_unreachable, fmt::format("{} did not answer within {} ms", m_state->peer,
                                                                m_state->options.reply_timeout.count()));
  }
  return {};
}

Result<bool> Connection::receive_within(Reply& reply, std::chrono::milliseconds wait) {
  while (true) {
    QSNAP_ASSIGN(const bool complete, m_state->parser.next(reply));
    if (complete) {
      return true;
    }
    QSNAP_ASSIGN(const bool more, m_state->fill(wait));
    if (!more) {
      return false;
    }
  }
}

Result<Reply> Connection::call(std::initializer_list<std::string_view> command) {
  Reply reply;
  QSNAP_TRY(send(command));
  QSNAP_TRY(receive(reply));
  if (reply.is_error()) {
    return reply_error(reply.text());
  }
  return reply;
}

Result<void> pipeline(Connection& connection, std::size_t count, std::size_t depth,
                      const std::function<void(std::size_t, Command&)>& make,
                      const std::function<Result<void>(std::size_t, const Reply&)>& take) {
  Command command;
  Reply reply;
  std::size_t sent = 0;
  const std::size_t low_water = depth / 2;  // refilled in runs: one system call for half a depth of commands
  for (std::size_t received = 0; received < count; ++received) {
    if (sent - received <= low_water) {
      for (; sent < count && sent - received < std::max<std::size_t>(depth, 1); ++sent) {
        command.clear();
        make(sent, command);
        QSNAP_TRY(connection.send(command));
      }
      QSNAP_TRY(connection.flush());
    }
    QSNAP_TRY(connection.receive(reply));
    QSNAP_TRY(take(received, reply));
  }
  return {};
}

}  // namespace qsnap::redis
