// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <ctime>

#include <qsnap/api/call_guard.hpp>

namespace qsnap::api {

namespace {

constexpr std::array k_signals = {SIGPIPE, SIGXFSZ};

sigset_t pending_signals() {
  sigset_t pending;
  ::sigpending(&pending);
  return pending;
}

}  // namespace

CallGuard::CallGuard() {
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int signal : k_signals) {
    ::sigaddset(&ours, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &ours, &m_blocked);
  ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &m_cancel_state);
}

CallGuard::~CallGuard() {
  const sigset_t pending = pending_signals();
  for (const int signal : k_signals) {
    if (::sigismember(&m_blocked, signal) == 0 && ::sigismember(&pending, signal) == 1) {
      sigset_t one;
      ::sigemptyset(&one);
      ::sigaddset(&one, signal);
      const timespec at_once{};
      ::sigtimedwait(&one, nullptr, &at_once);  // ours: what the caller does not block cannot have waited since before
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &m_blocked, nullptr);
  ::pthread_setcancelstate(m_cancel_state, nullptr);
}

}  // namespace qsnap::api
