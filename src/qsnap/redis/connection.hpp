// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/endpoint.hpp>
#include <qsnap/redis/reply.hpp>

namespace qsnap::redis {

using Command = std::vector<std::string_view>;

/// What one connection wants otherwise than its endpoint says.
struct ConnectionOptions {
  std::optional<std::chrono::milliseconds> reply_timeout;
};

/// One authenticated connection, plain or in TLS, with its database selected. Every wait has a deadline and ends early
/// when the user cancels. Commands are formatted by hiredis; sockets and the reply reader are ours. One thread.
class Connection {
 public:
  static Result<Connection> open(const Endpoint& endpoint, const ConnectionOptions& options, Progress progress);
  Connection(Connection&&) noexcept;
  ~Connection();

  /// Queues a command. It is sent by flush(), or when enough is queued.
  Result<void> send(std::span<const std::string_view> command);
  Result<void> send(std::initializer_list<std::string_view> command);
  /// Sends, behind what is queued, bytes that are commands (or the next part of one) in RESP already.
  Result<void> send_formatted(std::string_view resp);
  Result<void> flush();
  /// The next reply in order; flushes first. An error reply is a reply, not an Error.
  Result<void> receive(Reply& reply);
  /// A pushed message (pub/sub) if one arrives within `wait`; false otherwise.
  Result<bool> receive_within(Reply& reply, std::chrono::milliseconds wait);
  /// The next bytes as they come, not read as replies: what SYNC sends. Empty when none came within `wait`. The view
  /// lives until the next call to this object. REQUIRES: every reply that was asked for has been received
  Result<std::string_view> receive_raw(std::chrono::milliseconds wait);

  /// send, flush, receive; an error reply becomes an Error: NOAUTH, WRONGPASS, NOPERM → redis_denied, others →
  /// redis_protocol.
  Result<Reply> call(std::initializer_list<std::string_view> command);

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

/// An error reply as our Error, with what to do about it.
[[nodiscard]] Error reply_error(std::string_view text);

/// Sends `count` commands, at most `depth` in flight, and hands over each reply in order.
/// `make(i, command)` fills the i-th command; views must live until its reply came.
Result<void> pipeline(Connection& connection, std::size_t count, std::size_t depth,
                      const std::function<void(std::size_t, Command&)>& make,
                      const std::function<Result<void>(std::size_t, const Reply&)>& take);

}  // namespace qsnap::redis
