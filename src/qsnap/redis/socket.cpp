// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include <qsnap/redis/socket.hpp>

namespace qsnap::redis {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// Cancellation is looked at this often also when no signal wakes the wait up.
constexpr Socket::Duration k_slice{100};

std::string error_text(int error_number) {
  return std::generic_category().message(error_number);
}

/// True once `events` (or an error or hang-up, which the next call will tell) are there; false at the deadline.
Result<bool> wait_for(int fd, short events, SteadyTime deadline, const Progress& progress) {
  while (true) {
    const auto left = std::chrono::ceil<Socket::Duration>(deadline - SteadyClock::now());
    const auto slice = std::clamp(left, Socket::Duration{0}, k_slice);
    pollfd wanted{fd, events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(slice.count()));
    if (ready > 0) {
      return true;
    }
    if (ready < 0 && errno != EINTR) {
      return make_error(ErrorCode::redis_unreachable, fmt::format("cannot wait for Redis: {}", error_text(errno)));
    }
    QSNAP_TRY(progress.check());
    if (ready == 0 && left <= k_slice) {
      return false;
    }
  }
}

Result<UniqueFd> try_connect(const Endpoint& endpoint, const Address& address, SteadyTime deadline,
                             const Progress& progress) {
  UniqueFd fd{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) {
    return unreachable(endpoint, error_text(errno));
  }
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0) {
    if (errno != EINPROGRESS && errno != EINTR) {
      return unreachable(endpoint, error_text(errno));
    }
    QSNAP_ASSIGN(const bool ready, wait_for(fd.get(), POLLOUT, deadline, progress));
    if (!ready) {
      return unreachable(endpoint, "no answer in time");
    }
    int failure = 0;
    socklen_t length = sizeof(failure);
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &length);
    if (failure != 0) {
      return unreachable(endpoint, error_text(failure));
    }
  }
  if (address.storage.ss_family != AF_UNIX) {
    const int on = 1;  // pipelines are flushed as a whole; waiting for more would only delay them
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  return fd;
}

}  // namespace

Result<Socket> Socket::connect(const Endpoint& endpoint, SteadyTime deadline, const Progress& progress) {
  QSNAP_ASSIGN(const std::vector<Address> addresses, resolve(endpoint, deadline, progress));
  Error last = unreachable(endpoint, "the host has no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = SteadyClock::now();
    const auto share = (deadline - now) / static_cast<SteadyClock::rep>(addresses.size() - i);
    auto fd = try_connect(endpoint, addresses[i], now + share, progress);
    if (fd) {
      return Socket{*std::move(fd), endpoint.display()};
    }
    last = std::move(fd).error();
    if (last.code == ErrorCode::cancelled) {
      break;
    }
  }
  return last;
}

Error Socket::lost(int error_number) const {
  return make_error(ErrorCode::redis_unreachable,
                    error_number == 0 ? fmt::format("{} closed the connection", m_peer)
                                      : fmt::format("lost the connection to {}: {}", m_peer, error_text(error_number)),
                    {"look into the log of the Redis server"});
}

Result<void> Socket::write(std::string_view bytes, Duration timeout, const Progress& progress) {
  auto deadline = SteadyClock::now() + timeout;
  while (!bytes.empty()) {
    const ssize_t count = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      deadline = SteadyClock::now() + timeout;
      continue;
    }
    if (errno == EINTR) {
      QSNAP_TRY(progress.check());
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      return lost(errno);
    }
    QSNAP_ASSIGN(const bool ready, wait_for(m_fd.get(), POLLOUT, deadline, progress));
    if (!ready) {
      return lost(ETIMEDOUT);
    }
  }
  return {};
}

Result<std::size_t> Socket::read(std::span<char> buffer, Duration timeout, const Progress& progress) {
  const auto deadline = SteadyClock::now() + timeout;
  while (true) {
    const ssize_t count = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      return static_cast<std::size_t>(count);
    }
    if (count == 0) {
      return lost(0);
    }
    if (errno == EINTR) {
      QSNAP_TRY(progress.check());
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      return lost(errno);
    }
    QSNAP_ASSIGN(const bool ready, wait_for(m_fd.get(), POLLIN, deadline, progress));
    if (!ready) {
      return std::size_t{0};
    }
  }
}

}  // namespace qsnap::redis
