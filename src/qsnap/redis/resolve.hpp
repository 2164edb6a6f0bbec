// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <string_view>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/bounded_call.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

/// A socket address of any family.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

/// Where the endpoint listens: the path of its socket, or the addresses of its host, at least one. getaddrinfo has no
/// deadline of its own (an unreachable name server holds it for half a minute), so it runs on a thread that is left
/// behind at the deadline.
Result<std::vector<Address>> resolve(const Endpoint& endpoint, SteadyTime deadline, const Progress& progress);

/// redis_unreachable, with the command that shows whether anybody is there.
[[nodiscard]] Error unreachable(const Endpoint& endpoint, std::string_view why);

}  // namespace qsnap::redis
