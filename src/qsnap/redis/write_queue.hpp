// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Commands whose replies matter only when they are errors, with at most `depth` of them in flight. Once one failed,
/// every further call tells that first error.
///
/// Formats RESP itself, an array of bulk strings, where Connection leaves that to hiredis: a load is nothing but this,
/// and here bytes are copied once on their way to the socket, long ones not at all (measured: docs/performance.md).
class WriteQueue {
 public:
  WriteQueue(Connection& connection, std::size_t depth) : m_connection(connection), m_depth(depth == 0 ? 1 : depth) {}

  /// `key` is named in the error if the command fails.
  Result<void> send(std::string_view key, std::span<const std::string_view> command);
  Result<void> send(std::string_view key, std::initializer_list<std::string_view> command);
  /// Waits for every reply.
  Result<void> settle();
  /// Waits for every reply and forgets errors. Errors when the connection is lost: nobody knows then what was done.
  Result<void> abandon();
  /// How many commands were answered without an error.
  [[nodiscard]] std::uint64_t accepted() const { return m_accepted; }

 private:
  /// The keys of the commands in flight, without an allocation for each.
  class Keys {
   public:
    void push(std::string_view key);
    void pop();
    [[nodiscard]] std::string_view front() const { return std::string_view{m_bytes}.substr(m_at, m_lengths.front()); }
    [[nodiscard]] std::size_t size() const { return m_lengths.size(); }

   private:
    std::string m_bytes;
    std::size_t m_at = 0;  ///< where the first key begins
    std::deque<std::size_t> m_lengths;
  };

  Result<void> append(std::string_view bytes);
  Result<void> append_argument(std::string_view argument);
  Result<void> append_command(std::span<const std::string_view> command);
  Result<void> flush();
  Result<void> receive_down_to(std::size_t in_flight);
  Result<void> check(Result<void> transfer);
  [[nodiscard]] Result<void> state() const;

  Connection& m_connection;  ///< not owned
  std::size_t m_depth;
  std::string m_out;  ///< commands that are not sent yet
  Keys m_in_flight;
  Reply m_reply;
  std::uint64_t m_accepted = 0;
  std::optional<Error> m_refused;  ///< the first error reply
  std::optional<Error> m_lost;     ///< what ended the connection
};

}  // namespace qsnap::redis
