// SPDX-License-Identifier: Apache-2.0
#include <ctime>

#include <qsnap/base/signal_inbox.hpp>

namespace qsnap {

namespace {

ArrivedSignal arrived(const siginfo_t& info) {
  return {info.si_signo, info.si_code == SI_KERNEL, info.si_code == SI_USER ? info.si_pid : 0};
}

}  // namespace

SignalInbox::SignalInbox(std::initializer_list<int> signals) {
  ::sigemptyset(&m_signals);
  for (const int signal : signals) {
    ::sigaddset(&m_signals, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
}

SignalInbox::~SignalInbox() {
  ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

std::optional<ArrivedSignal> SignalInbox::take(std::chrono::milliseconds within) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(within);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(within - seconds);
  const timespec wait{static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
  siginfo_t info{};
  // EINTR: another signal had its handler called. Whoever waits looks again anyway.
  return ::sigtimedwait(&m_signals, &info, &wait) > 0 ? std::optional{arrived(info)} : std::nullopt;
}

ArrivedSignal SignalInbox::take() const {
  siginfo_t info{};
  while (::sigwaitinfo(&m_signals, &info) < 0) {
  }
  return arrived(info);
}

}  // namespace qsnap
