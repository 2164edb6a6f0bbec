// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <csignal>

#include <qsnap/app/run_command.hpp>
#include <qsnap/base/process_tree.hpp>
#include <qsnap/base/signal_inbox.hpp>

namespace qsnap::app {

namespace {

enum class Answer : std::uint8_t { nothing, pass_on, kill };

/// What signals that ask us to stop mean for the command.
class Interruptions {
 public:
  Answer take(const ArrivedSignal& signal) {
    // Git, or npm, that runs us hands us once more what the terminal has sent to all of us.
    if (!signal.from_kernel && signal.sender == ::getppid() && m_terminal) {
      return Answer::nothing;
    }
    m_terminal = m_terminal || signal.from_kernel;
    if (++m_count > 1) {
      return Answer::kill;
    }
    return signal.from_kernel ? Answer::nothing : Answer::pass_on;
  }
  [[nodiscard]] bool any() const { return m_count > 0; }

 private:
  bool m_terminal = false;
  int m_count = 0;
};

/// As a shell tells it.
CommandEnd not_started(const Error& error) {
  constexpr int k_not_executable = 126, k_not_found = 127;
  return {error.code == ErrorCode::not_found ? k_not_found : k_not_executable, {}, error, false};
}

}  // namespace

CommandEnd run_command(const CommandStart& start, Process& server) {
  const SignalInbox inbox{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};
  ProcessStart process;
  process.words = start.words;
  process.environment = start.environment;
  process.output = start.output == CommandOutput::errors ? STDERR_FILENO : STDOUT_FILENO;
  process.after_our_death = SIGTERM;
  Result<Process> command = Process::start(process);
  if (!command) {
    return not_started(command.error());
  }
  Interruptions interruptions;
  while (true) {
    reap({&*command, &server});
    if (const std::optional<ProcessEnd> end = command->end()) {
      return {end->exit_code, end->signal, {}, interruptions.any()};
    }
    const ArrivedSignal signal = inbox.take();
    const Answer answer = signal.number == SIGCHLD ? Answer::nothing : interruptions.take(signal);
    if (answer != Answer::nothing) {
      command->send(answer == Answer::kill ? SIGKILL : signal.number);
    }
  }
}

}  // namespace qsnap::app
