// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/resolve.hpp>
#include <qsnap/redis/stream.hpp>

namespace qsnap::redis {

/// A connected, non-blocking stream socket.
class Socket final : public Stream {
 public:
  /// Tries each address of the host in turn until the deadline; no address gets all the time while others are left.
  static Result<Socket> connect(const Endpoint& endpoint, SteadyTime deadline, const Progress& progress);

  Result<void> write(std::string_view bytes, Duration timeout, const Progress& progress) override;
  Result<std::size_t> read(std::span<char> buffer, Duration timeout, const Progress& progress) override;

 private:
  Socket(UniqueFd fd, std::string peer) : m_fd(std::move(fd)), m_peer(std::move(peer)) {}
  [[nodiscard]] Error lost(int error_number) const;

  UniqueFd m_fd;
  std::string m_peer;  ///< the endpoint for messages
};

}  // namespace qsnap::redis
