// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include <qsnap/base/process.hpp>
#include <qsnap/base/signal_inbox.hpp>

/// The processes below this one, also those that their starters forgot. Linux only: /proc and PR_SET_CHILD_SUBREAPER.
namespace qsnap {

/// For as long as it lives, whoever loses its parent somewhere below this process becomes our child, so that no daemon
/// gets lost.
class Subreaper {
 public:
  Subreaper();
  Subreaper(const Subreaper&) = delete;
  Subreaper& operator=(const Subreaper&) = delete;
  ~Subreaper();

 private:
  int m_before = 0;
};

/// Buries what has ended among our children: of `ours` the end is remembered, others are forgotten.
void reap(std::initializer_list<Process*> ours);

/// Processes that were still running.
struct StoppedProcesses {
  std::size_t count = 0;
  std::vector<std::string> names;  ///< of the first ones: "node worker.js"; hostile bytes
  std::size_t immortal = 0;        ///< of them, those that we may not stop, or that did not end in time
};

/// How patient a stop is.
struct StopPatience {
  std::chrono::milliseconds to_end{5000};  ///< after SIGTERM; then SIGKILL
  std::chrono::milliseconds to_die{5000};  ///< after SIGKILL
};

/// Ends all processes below this one but `spared` and what is below that: SIGTERM, and SIGKILL for those that are still
/// there later, or at once when `impatience` has SIGINT or SIGTERM. REQUIRES: a Subreaper, and an inbox for SIGCHLD
StoppedProcesses stop_descendants(Process& spared, const SignalInbox& impatience, const StopPatience& patience = {});

}  // namespace qsnap
