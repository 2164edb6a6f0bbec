// SPDX-License-Identifier: Apache-2.0
#include <qsnap/redis/socket.hpp>
#include <qsnap/redis/stream.hpp>
#include <qsnap/redis/tls_stream.hpp>

namespace qsnap::redis {

Result<std::unique_ptr<Stream>> connect_stream(const Endpoint& endpoint, const Progress& progress) {
  const auto deadline = std::chrono::steady_clock::now() + endpoint.timeouts.connect;
  QSNAP_ASSIGN(Socket socket, Socket::connect(endpoint, deadline, progress));
  if (endpoint.tls) {
    return start_tls(std::move(socket), endpoint, deadline, progress);
  }
  return std::unique_ptr<Stream>{std::make_unique<Socket>(std::move(socket))};
}

}  // namespace qsnap::redis
