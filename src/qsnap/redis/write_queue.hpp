// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Commands whose replies matter only when they are errors, with at most `depth` of them in flight. Once one failed,
/// every further call tells that first error.
class WriteQueue {
 public:
  WriteQueue(Connection& connection, std::size_t depth) : m_connection(connection), m_depth(depth == 0 ? 1 : depth) {}

  /// `key` is named in the error if the command fails.
  Result<void> send(std::string_view key, const Command& command);
  /// Waits for every reply.
  Result<void> settle();
  /// Waits for every reply and forgets errors.
  Result<void> abandon();

 private:
  Result<void> receive_down_to(std::size_t in_flight);
  [[nodiscard]] Result<void> state() const;

  Connection& m_connection;  ///< not owned
  std::size_t m_depth;
  std::deque<std::string> m_keys;  ///< of the commands in flight
  Reply m_reply;
  std::optional<Error> m_failure;
};

}  // namespace qsnap::redis
