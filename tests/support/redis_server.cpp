// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include <support/redis_server.hpp>

#include <qsnap/base/unique_fd.hpp>

namespace qsnap::test {

namespace {

/// Between fork and exec only async-signal-safe calls are made, so the arguments are ready before.
[[noreturn]] void become_server(pid_t parent, char* const* arguments, const char* log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {  // died before prctl
    ::_exit(1);
  }
  constexpr mode_t k_private = 0600;
  const int fd = ::open(log, O_WRONLY | O_CREAT | O_TRUNC, k_private);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  ::execvp(arguments[0], arguments);
  constexpr int k_not_found = 127;
  ::_exit(k_not_found);
}

}  // namespace

RedisServer::RedisServer(const Options& options) {
  if (!options.rdb.empty()) {
    std::filesystem::copy_file(options.rdb, m_dir.path() / "dump.rdb");
  }
  std::vector<std::string> words = {
      "redis-server", "--port", "0",     "--unixsocket",        socket_path().native(), "--save",  "",
      "--appendonly", "no",     "--dir", m_dir.path().native(), "--dbfilename",         "dump.rdb"};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const std::string log = (m_dir.path() / "log").native();
  const pid_t parent = ::getpid();
  m_pid = ::fork();
  if (m_pid < 0) {
    throw std::system_error{errno, std::generic_category(), "fork"};
  }
  if (m_pid == 0) {
    become_server(parent, arguments.data(), log.c_str());
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!answers()) {
    if (std::chrono::steady_clock::now() > deadline || ::waitpid(m_pid, nullptr, WNOHANG) != 0) {
      kill();
      throw std::runtime_error{"redis-server does not start"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

RedisServer::~RedisServer() {
  kill();
}

void RedisServer::kill() {
  if (m_pid > 0) {
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
    m_pid = -1;
  }
}

/// Any reply to PING but -LOADING will do: with a password it is -NOAUTH.
bool RedisServer::answers() const {
  const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket_path().native();
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return false;
  }
  constexpr std::string_view k_ping = "PING\r\n";
  if (::send(fd.get(), k_ping.data(), k_ping.size(), MSG_NOSIGNAL) < 0) {
    return false;
  }
  std::array<char, 64> reply{};
  const ssize_t count = ::recv(fd.get(), reply.data(), reply.size(), 0);
  return count > 0 && !std::string_view{reply.data(), static_cast<std::size_t>(count)}.starts_with("-LOADING");
}

}  // namespace qsnap::test
