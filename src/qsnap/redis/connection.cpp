// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <hiredis/sds.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/greeting.hpp>
#include <qsnap/redis/stream.hpp>
#include <qsnap/redis/tls_context.hpp>

namespace qsnap::redis {

namespace {

/// Queued commands are sent once they are this many bytes, so that a long pipeline needs no large buffer.
constexpr std::size_t k_send_bytes = 64 * limits::k_kib;
constexpr std::size_t k_read_bytes = 64 * limits::k_kib;

/// A server that wants TLS answers plain bytes with a TLS record that holds an alert: type 21, version 3.x.
bool is_tls_alert(std::string_view bytes) {
  return bytes.starts_with("\x15\x03");
}

Error wants_tls(const Endpoint& endpoint) {
  Endpoint tls = endpoint;
  tls.tls = std::make_shared<TlsContext>(TlsOptions{});
  return make_error(ErrorCode::redis_protocol, fmt::format("{} answers in TLS", endpoint.display()),
                    {fmt::format("say so in the URL: {}", tls.display())});
}

}  // namespace

struct Connection::State {
  std::unique_ptr<Stream> stream;
  Endpoint endpoint;
  std::chrono::milliseconds reply_timeout{0};
  Progress progress;
  ReplyParser parser;
  std::string out;
  std::vector<const char*> arguments;  ///< reused between commands
  std::vector<std::size_t> lengths;
  std::array<char, k_read_bytes> in{};
  bool heard = false;  ///< anything at all

  Result<bool> fill(std::chrono::milliseconds wait);
  Error explain(Error failure);
};

Connection::Connection(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const Endpoint& endpoint, const ConnectionOptions& options, Progress progress) {
  QSNAP_ASSIGN(std::unique_ptr<Stream> stream, connect_stream(endpoint, progress));
  auto state = std::make_unique<State>();
  state->stream = std::move(stream);
  state->endpoint = endpoint;
  state->reply_timeout = options.reply_timeout.value_or(endpoint.timeouts.reply);
  state->progress = std::move(progress);
  Connection connection{std::move(state)};
  if (Result<void> greeted = greet(connection, endpoint); !greeted) {
    return connection.m_state->explain(std::move(greeted).error());
  }
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

Result<void> Connection::send_formatted(std::string_view resp) {
  QSNAP_TRY(flush());
  return m_state->stream->write(resp, m_state->reply_timeout, m_state->progress);
}

Result<void> Connection::flush() {
  State& state = *m_state;
  if (state.out.empty()) {
    return {};
  }
  QSNAP_TRY(state.stream->write(state.out, state.reply_timeout, state.progress));
  state.out.clear();
  return {};
}

Result<bool> Connection::State::fill(std::chrono::milliseconds wait) {
  QSNAP_ASSIGN(const std::size_t count, stream->read(in, wait, progress));
  if (!std::exchange(heard, heard || count > 0) && !endpoint.tls && is_tls_alert({in.data(), count})) {
    return wants_tls(endpoint);
  }
  parser.feed({in.data(), count});
  return count > 0;
}

/// Of a connection that was lost before anything was heard: the server may have said why and hung up before it read
/// what we said (too many clients, protected mode), or it may have waited for TLS.
Error Connection::State::explain(Error failure) {
  if (heard || failure.code != ErrorCode::redis_unreachable) {
    return failure;
  }
  Reply last_words;
  if (const Result<bool> more = fill(std::chrono::milliseconds{0}); more && *more) {
    const Result<bool> whole = parser.next(last_words);
    return whole && *whole && last_words.is_error() ? reply_error(last_words.text()) : failure;
  }
  if (!endpoint.tls && !endpoint.host.empty()) {
    failure.hints.emplace_back("if this port is for TLS, the URL begins with rediss://");
  }
  return failure;
}

Result<void> Connection::receive(Reply& reply) {
  QSNAP_TRY(flush());
  QSNAP_ASSIGN(const bool arrived, receive_within(reply, m_state->reply_timeout));
  if (!arrived) {
    return make_error(
        ErrorCode::redis_unreachable,
        fmt::format("{} did not answer within {} ms", m_state->endpoint.display(), m_state->reply_timeout.count()),
        {"is it busy or stopped? where it is only slow, --timeout SECONDS waits longer"});
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

Result<std::string_view> Connection::receive_raw(std::chrono::milliseconds wait) {
  QSNAP_TRY(flush());
  State& state = *m_state;
  QSNAP_ASSIGN(const std::size_t count, state.stream->read(state.in, wait, state.progress));
  return std::string_view{state.in.data(), count};
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
