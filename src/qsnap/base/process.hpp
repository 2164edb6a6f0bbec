// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap {

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;          ///< as a shell tells it: 128 + the signal's number if one ended it
  std::optional<int> signal;  ///< that one
};

/// Whether a process is in our session, and so gets what is typed on the terminal, or in one of its own.
enum class ProcessSession : std::uint8_t { ours, own };

/// As exec and posix_spawn want words and environments; it points into `strings`, which must stay as they are.
[[nodiscard]] std::vector<char*> null_terminated(std::vector<std::string>& strings);

struct ProcessStart {
  std::vector<std::string> words;        ///< the program, looked up in PATH unless it has a slash, and its arguments
  std::vector<std::string> environment;  ///< NAME=value, all of it
  int input = 0;                         ///< which of our descriptors is its 0; not owned
  int output = 1;
  int errors = 2;
  ProcessSession session = ProcessSession::ours;
  /// The signal that it gets when the thread that starts it ends, by kill -9 or how ever. REQUIRES: such a thread
  /// lives as long as the process is wanted
  std::optional<int> after_our_death;
};

/// A program that runs, started without a shell. The destructor kills it (SIGKILL) and waits. What it starts is its
/// own business: see process_tree.hpp. One thread.
class Process {
 public:
  /// Errors with `not_found` for a program that is not there, with `refused` for one that cannot be executed.
  /// Signals have their defaults in it, and none is blocked.
  static Result<Process> start(const ProcessStart& start);
  Process(Process&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_end(other.m_end) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  [[nodiscard]] pid_t id() const { return m_id; }
  /// How it ended, if it has; does not wait.
  std::optional<ProcessEnd> end();
  ProcessEnd wait();
  /// Nothing happens when it has ended.
  void send(int signal);

 private:
  explicit Process(pid_t id) : m_id(id) {}
  std::optional<ProcessEnd> look(int options);

  pid_t m_id;
  std::optional<ProcessEnd> m_end;
};

}  // namespace qsnap
