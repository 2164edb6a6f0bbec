// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/redis/socket.hpp>

namespace qsnap::redis {

/// TLS over a connected socket: the peer's certificate is signed by an authority that we trust and names the host of
/// the endpoint. Errors with `redis_denied` where one side does not trust the other, `redis_protocol` for a peer that
/// speaks no TLS, `redis_unreachable` when the handshake is not over at the deadline.
/// REQUIRES: endpoint.tls is not null
Result<std::unique_ptr<Stream>> start_tls(Socket socket, const Endpoint& endpoint, SteadyTime deadline,
                                          const Progress& progress);

}  // namespace qsnap::redis
