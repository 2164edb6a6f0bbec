// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include <support/temp_dir.hpp>

namespace qsnap::test {

/// A private redis-server on a unix socket in a temporary folder, without persistence. Started by the constructor,
/// which throws when it does not answer in time; killed by the destructor, and by the kernel if the test dies.
class RedisServer {
 public:
  struct Options {
    std::filesystem::path rdb;           ///< served from a copy; empty = start empty
    std::vector<std::string> arguments;  ///< further ones for redis-server
  };

  RedisServer() : RedisServer(Options{}) {}
  explicit RedisServer(const Options& options);
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer();

  [[nodiscard]] std::filesystem::path socket_path() const { return m_dir.path() / "r.sock"; }
  [[nodiscard]] std::string url() const { return "unix://" + socket_path().native(); }
  [[nodiscard]] pid_t pid() const { return m_pid; }
  /// SIGKILL, and waits for the end.
  void kill();

 private:
  [[nodiscard]] bool answers() const;

  TempDir m_dir;
  pid_t m_pid = -1;
};

}  // namespace qsnap::test
