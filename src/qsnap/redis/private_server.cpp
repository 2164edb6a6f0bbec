// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/private_server.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_prefix = "qsnap-redis";
constexpr std::string_view k_socket = "redis.sock";
constexpr std::string_view k_log = "log";

Error cannot_start(std::string_view why, std::vector<std::string> hints = {}) {
  return make_error(ErrorCode::redis_unreachable, fmt::format("cannot start a redis-server: {}", why),
                    std::move(hints));
}

/// One that nobody has this moment. Somebody else may take it before our server does: then the next one is tried.
Result<std::uint16_t> free_port() {
  const UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (!fd || ::bind(fd.get(), plain, size) != 0 || ::getsockname(fd.get(), plain, &size) != 0) {
    return cannot_start(fmt::format("no free port on 127.0.0.1: {}", std::strerror(errno)));
  }
  return ::ntohs(address.sin_port);
}

Result<UniqueFd> open_file(const std::filesystem::path& path, int flags) {
  constexpr mode_t k_private = 0600;
  UniqueFd fd{::open(path.c_str(), flags | O_CLOEXEC, k_private)};
  return fd ? Result<UniqueFd>{std::move(fd)} : file_error("open", path, errno);
}

/// No configuration file is read. A capture by SYNC waits for no further replicas, and never writes a file.
std::vector<std::string> command_line(const PrivateServerOptions& options, const std::filesystem::path& folder,
                                      std::uint16_t port) {
  return {options.program,
          "--port",
          fmt::to_string(port),
          "--bind",
          "127.0.0.1",
          "--unixsocket",
          (folder / k_socket).native(),
          "--unixsocketperm",
          "700",
          "--databases",
          fmt::to_string(options.databases),
          "--dir",
          folder.native(),
          "--save",
          "",
          "--appendonly",
          "no",
          "--daemonize",
          "no",
          "--logfile",
          "",
          "--repl-diskless-sync",
          "yes",
          "--repl-diskless-sync-delay",
          "0"};
}

Result<Process> start_process(const PrivateServerOptions& options, const std::filesystem::path& folder,
                              std::uint16_t port) {
  QSNAP_ASSIGN(const UniqueFd nothing, open_file("/dev/null", O_RDONLY));
  QSNAP_ASSIGN(const UniqueFd log, open_file(folder / k_log, O_WRONLY | O_CREAT | O_APPEND));
  ProcessStart start;
  start.words = command_line(options, folder, port);
  start.environment = options.environment;
  start.input = nothing.get();
  start.output = start.errors = log.get();
  start.session = ProcessSession::own;
  start.after_our_death = SIGKILL;
  Result<Process> process = Process::start(start);
  if (process) {
    return process;
  }
  if (process.error().code == ErrorCode::not_found) {
    return cannot_start(process.error().message, {"apt install redis-server", "or name another: --redis-server PATH"});
  }
  return cannot_start(process.error().message);
}

bool is_taken(std::string_view words) {
  return words.find("Address already in use") != std::string_view::npos;
}

}  // namespace

Result<PrivateServer> PrivateServer::start(const PrivateServerOptions& options, const Progress& progress) {
  constexpr std::size_t k_longest = sizeof(sockaddr_un::sun_path) - 1 - 1 - k_socket.size();
  constexpr int k_most_ports = 20;
  for (int attempt = 1;; ++attempt) {
    QSNAP_ASSIGN(PrivateFolder folder, PrivateFolder::create(k_prefix, k_longest));
    QSNAP_ASSIGN(const std::uint16_t port, free_port());
    QSNAP_ASSIGN(Process process, start_process(options, folder.path(), port));
    PrivateServer server{std::move(folder), std::move(process), port};
    const Result<void> answers = server.wait_until_it_answers(progress);
    if (answers) {
      return server;
    }
    if (attempt == k_most_ports || !is_taken(server.last_words())) {
      return answers.error();
    }
  }
}

Endpoint PrivateServer::endpoint() const {
  Endpoint endpoint;
  endpoint.socket_path = m_folder.path() / k_socket;
  return endpoint;
}

std::string PrivateServer::last_words() const {
  constexpr std::streamoff k_most = 2000;
  std::ifstream log{m_folder.path() / k_log, std::ios::binary | std::ios::ate};
  const std::streamoff size = log ? static_cast<std::streamoff>(log.tellg()) : 0;
  std::string words(static_cast<std::size_t>(std::min(size, k_most)), '\0');
  log.seekg(size - static_cast<std::streamoff>(words.size()));
  log.read(words.data(), static_cast<std::streamsize>(words.size()));
  while (!words.empty() && (words.back() == '\n' || words.back() == '\0')) {
    words.pop_back();
  }
  return words;
}

/// Nothing tells that a socket listens, so it is tried.
Result<void> PrivateServer::wait_until_it_answers(const Progress& progress) {
  constexpr std::chrono::milliseconds k_pause{1};
  constexpr std::chrono::seconds k_patience{30};
  const auto deadline = std::chrono::steady_clock::now() + k_patience;
  while (!m_process.end()) {
    QSNAP_TRY(progress.check());
    if (Connection::open(endpoint(), {}, progress)) {
      return {};
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return cannot_start(fmt::format("it does not answer; its last words: {}", last_words()));
    }
    std::this_thread::sleep_for(k_pause);
  }
  return cannot_start(
      fmt::format("it ended with exit code {}; its last words: {}", m_process.wait().exit_code, last_words()));
}

}  // namespace qsnap::redis
