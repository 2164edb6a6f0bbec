// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <support/temp_dir.hpp>

namespace qsnap::test {

/// A unix socket that somebody else than a Redis answers on: for what a real server cannot be made to do. Connections
/// are served by a thread each; all end with the object.
class FakeRedis {
 public:
  struct Answer {
    std::string bytes;
    enum class Then { go_on, hang_up } then = Then::go_on;
  };
  /// The answer to one command, its name in upper case first. May be called by several threads at once.
  using Script = std::function<Answer(const std::vector<std::string>& command)>;

  explicit FakeRedis(Script script);
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;
  ~FakeRedis();

  [[nodiscard]] std::filesystem::path socket_path() const { return m_dir.path() / "fake.sock"; }
  [[nodiscard]] int connections() const { return m_connections; }

 private:
  void serve(int fd);

  TempDir m_dir;
  Script m_script;
  int m_listener = -1;
  std::atomic<int> m_connections = 0;
  std::atomic<bool> m_over = false;
  std::vector<std::thread> m_threads;  ///< of connections; touched by m_acceptor alone until it has ended
  std::thread m_acceptor;
};

}  // namespace qsnap::test
