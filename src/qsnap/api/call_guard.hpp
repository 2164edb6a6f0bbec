// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <csignal>

namespace qsnap::api {

/// While it lives, the calling thread and those that it starts are as the use cases want them: a pipe that nobody reads
/// and a file size limit are errors of a write and no signals, and nothing cancels the thread half-way. Afterwards all
/// is as it was: the process and its signal handlers belong to somebody else.
class CallGuard {
 public:
  CallGuard();
  CallGuard(const CallGuard&) = delete;
  CallGuard& operator=(const CallGuard&) = delete;
  ~CallGuard();

 private:
  sigset_t m_blocked{};  ///< what was blocked before
  int m_cancel_state = PTHREAD_CANCEL_ENABLE;
};

}  // namespace qsnap::api
