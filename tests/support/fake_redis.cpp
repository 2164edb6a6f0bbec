// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <support/fake_redis.hpp>

namespace qsnap::test {

namespace {

constexpr int k_tick_ms = 10;  ///< how soon a thread hears of the end

/// Takes one command in RESP off the front; absent while it is not complete.
std::optional<std::vector<std::string>> take_command(std::string& in) {
  std::size_t at = 0;
  const auto number = [&](char type) -> std::optional<std::size_t> {
    const std::size_t end = in.find("\r\n", at);
    if (end == std::string::npos || in[at] != type) {
      return std::nullopt;
    }
    const std::size_t value = std::stoul(in.substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  };
  const auto count = number('*');
  std::vector<std::string> words;
  for (std::size_t i = 0; count && i < *count; ++i) {
    const auto length = number('$');
    if (!length || in.size() < at + *length + 2) {
      return std::nullopt;
    }
    words.push_back(in.substr(at, *length));
    at += *length + 2;
  }
  if (words.empty()) {
    return std::nullopt;
  }
  std::transform(words[0].begin(), words[0].end(), words[0].begin(), [](unsigned char c) { return std::toupper(c); });
  in.erase(0, at);
  return words;
}

bool readable(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, k_tick_ms) > 0;
}

}  // namespace

FakeRedis::FakeRedis(Script script) : m_script(std::move(script)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path().c_str(), sizeof(address.sun_path) - 1);
  m_listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(m_listener, SOMAXCONN) != 0) {
    throw std::runtime_error("no fake Redis: " + std::string{std::strerror(errno)});
  }
  m_acceptor = std::thread{[this] {
    while (!m_over) {
      const int fd = readable(m_listener) ? ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC) : -1;
      if (fd >= 0) {
        ++m_connections;
        m_threads.emplace_back([this, fd] { serve(fd); });
      }
    }
  }};
}

FakeRedis::~FakeRedis() {
  m_over = true;
  m_acceptor.join();
  for (std::thread& thread : m_threads) {
    thread.join();
  }
  ::close(m_listener);
}

void FakeRedis::serve(int fd) {
  std::string in;
  bool open = true;
  while (open && !m_over) {
    char buffer[4096];
    const ssize_t count = readable(fd) ? ::recv(fd, buffer, sizeof(buffer), 0) : -1;
    open = count != 0;
    in.append(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
    while (const auto command = take_command(in)) {
      const Answer answer = m_script(*command);
      open = ::send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL) >= 0;
      if (answer.then == Answer::Then::hang_up) {
        open = false;
        break;
      }
    }
  }
  ::close(fd);
}

}  // namespace qsnap::test
