// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t is not in <csignal>
#include <sys/types.h>

#include <chrono>
#include <initializer_list>
#include <optional>

namespace qsnap {

struct ArrivedSignal {
  int number = 0;
  bool from_kernel = false;  ///< typed on the terminal, or the terminal was closed: its whole foreground group got it
  pid_t sender = 0;          ///< else
};

/// Holds signals back for as long as it lives, so that they can be taken one by one instead of interrupting. What
/// nobody took is delivered afterwards. Of the thread that makes it, and of those that it starts meanwhile.
class SignalInbox {
 public:
  SignalInbox(std::initializer_list<int> signals);
  SignalInbox(const SignalInbox&) = delete;
  SignalInbox& operator=(const SignalInbox&) = delete;
  ~SignalInbox();

  /// Waits for one; absent when none came in time.
  [[nodiscard]] std::optional<ArrivedSignal> take(std::chrono::milliseconds within) const;
  /// However long it takes.
  [[nodiscard]] ArrivedSignal take() const;

 private:
  sigset_t m_signals{};
  sigset_t m_before{};
};

}  // namespace qsnap
