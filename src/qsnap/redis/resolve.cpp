// SPDX-License-Identifier: Apache-2.0
#include <netdb.h>
#include <sys/un.h>

#include <cstring>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <qsnap/redis/resolve.hpp>

namespace qsnap::redis {

namespace {

Result<std::vector<Address>> unix_address(const Endpoint& endpoint) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = endpoint.socket_path.native();
  if (path.size() >= sizeof(address.sun_path)) {
    return unreachable(endpoint, "the path is too long for a socket");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  Address out;
  std::memcpy(&out.storage, &address, sizeof(address));
  out.length = sizeof(address);
  return std::vector{out};
}

/// What getaddrinfo found, or its failure.
struct Lookup {
  int failure = 0;
  std::vector<Address> addresses;
};

Lookup look_up(const std::string& host, const std::string& port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  Lookup lookup;
  lookup.failure = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (lookup.failure != 0) {
    return lookup;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, &::freeaddrinfo};
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Address& address = lookup.addresses.emplace_back();
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.length = at->ai_addrlen;
  }
  return lookup;
}

}  // namespace

Error unreachable(const Endpoint& endpoint, std::string_view why) {
  return make_error(
      ErrorCode::redis_unreachable, fmt::format("cannot connect to {}: {}", endpoint.display(), why),
      {endpoint.host.empty() ? fmt::format("is it running? redis-cli -s {} ping", endpoint.socket_path.native())
                             : fmt::format("is it running? redis-cli -u {} ping", endpoint.display())});
}

Result<std::vector<Address>> resolve(const Endpoint& endpoint, SteadyTime deadline, const Progress& progress) {
  if (endpoint.host.empty()) {
    return unix_address(endpoint);
  }
  const std::string port = fmt::format_int(endpoint.port).str();
  Lookup numeric = look_up(endpoint.host, port, AI_NUMERICHOST | AI_NUMERICSERV);
  if (numeric.failure == 0) {
    return std::move(numeric.addresses);
  }
  QSNAP_ASSIGN(std::optional<Lookup> lookup, call_until<Lookup>(deadline, progress, [host = endpoint.host, port] {
                 return look_up(host, port, AI_NUMERICSERV);
               }));
  if (!lookup) {
    return unreachable(endpoint, "no name server tells the address of the host in time");
  }
  if (lookup->failure != 0) {
    return unreachable(endpoint, ::gai_strerror(lookup->failure));
  }
  return std::move(lookup->addresses);
}

}  // namespace qsnap::redis
