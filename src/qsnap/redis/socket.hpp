// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

/// A connected, non-blocking stream socket. Every wait has a deadline and ends early when the user cancels.
class Socket {
 public:
  using Duration = std::chrono::milliseconds;

  /// Tries each address of the host in turn; `timeout` bounds them all together.
  static Result<Socket> connect(const Endpoint& endpoint, Duration timeout, const Progress& progress);

  /// Writes all bytes; errors when the peer takes none for `timeout`.
  Result<void> write(std::string_view bytes, Duration timeout, const Progress& progress);
  /// Reads what is there into `buffer` and says how many bytes: 0 when nothing came within `timeout`.
  Result<std::size_t> read(std::span<char> buffer, Duration timeout, const Progress& progress);

 private:
  Socket(UniqueFd fd, std::string peer) : m_fd(std::move(fd)), m_peer(std::move(peer)) {}
  [[nodiscard]] Error lost(int error_number) const;

  UniqueFd m_fd;
  std::string m_peer;  ///< the endpoint for messages
};

}  // namespace qsnap::redis
