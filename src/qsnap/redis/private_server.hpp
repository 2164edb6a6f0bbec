// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/private_folder.hpp>
#include <qsnap/base/process.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

struct PrivateServerOptions {
  std::string program = "redis-server";  ///< looked up in PATH unless it has a slash
  std::vector<std::string> environment;  ///< NAME=value, all of it
  std::uint32_t databases = 64;          ///< enough for one to each worker of a test run
};

/// An empty redis-server that keeps nothing on disk and has no password, on a unix socket in a private folder and on a
/// free port of 127.0.0.1. It is in a session of its own, so that Ctrl-C does not reach it; it is killed with this
/// object, and by the kernel when the thread that started it ends. One thread.
class PrivateServer {
 public:
  /// Answers once the server does. Errors with `redis_unreachable`, and the server's own words, where it cannot start.
  static Result<PrivateServer> start(const PrivateServerOptions& options, const Progress& progress);

  /// Database 0, by the unix socket.
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] std::uint16_t port() const { return m_port; }
  [[nodiscard]] Process& process() { return m_process; }
  /// What it wrote last.
  [[nodiscard]] std::string last_words() const;

 private:
  PrivateServer(PrivateFolder folder, Process process, std::uint16_t port)
      : m_folder(std::move(folder)), m_process(std::move(process)), m_port(port) {}
  Result<void> wait_until_it_answers(const Progress& progress);

  PrivateFolder m_folder;
  Process m_process;  ///< goes before its folder
  std::uint16_t m_port;
};

}  // namespace qsnap::redis
