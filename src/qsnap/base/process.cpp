// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t is not in <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include <qsnap/base/process.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

namespace {

/// What the child needs, ready before the fork: behind it only async-signal-safe calls are made.
struct Child {
  const ProcessStart& start;
  char* const* words;
  char* const* environment;
  pid_t parent;
  int failure;  ///< a pipe: the number of the error, if it does not get to run the program
};

void restore_signals() {
  // What is ignored or blocked stays so over exec, and this program ignores these.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &usual, nullptr);
  ::sigaction(SIGXFSZ, &usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_program(const Child& child) {
  const auto give_up = [&](int error_number) {
    (void)!::write(child.failure, &error_number, sizeof(error_number));
    constexpr int k_not_run = 127;
    ::_exit(k_not_run);
  };
  if (child.start.session == ProcessSession::own) {
    ::setsid();
  }
  if (child.start.after_our_death) {
    ::prctl(PR_SET_PDEATHSIG, *child.start.after_our_death);
    if (::getppid() != child.parent) {  // it died before that
      give_up(ESRCH);
    }
  }
  if (::dup2(child.start.input, STDIN_FILENO) < 0 || ::dup2(child.start.output, STDOUT_FILENO) < 0 ||
      ::dup2(child.start.errors, STDERR_FILENO) < 0) {
    give_up(errno);
  }
  restore_signals();
  ::execvpe(child.words[0], child.words, child.environment);
  give_up(errno);
  ::abort();  // not reached
}

Error cannot_start(const std::string& program, int error_number) {
  if (error_number == ENOENT || error_number == ENOTDIR) {
    return make_error(ErrorCode::not_found, fmt::format("there is no program {}", program));
  }
  return make_error(ErrorCode::refused, fmt::format("cannot run {}: {}", program, std::strerror(error_number)));
}

bool has_nul(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

Result<void> check_texts(const ProcessStart& start) {
  if (start.words.empty() || start.words.front().empty()) {
    return make_error(ErrorCode::not_found, "there is no program without a name");
  }
  if (std::any_of(start.words.begin(), start.words.end(), has_nul) ||
      std::any_of(start.environment.begin(), start.environment.end(), has_nul)) {
    return make_error(ErrorCode::usage, "an argument holds a NUL byte");
  }
  return {};
}

/// The number that the child writes when it fails; absent once exec has closed the pipe.
std::optional<int> read_failure(const UniqueFd& pipe) {
  int error_number = 0;
  ssize_t got = 0;
  while ((got = ::read(pipe.get(), &error_number, sizeof(error_number))) < 0 && errno == EINTR) {
  }
  return got == sizeof(error_number) ? std::optional{error_number} : std::nullopt;
}

ProcessEnd end_of(int status) {
  constexpr int k_signal_base = 128;
  return WIFEXITED(status) ? ProcessEnd{WEXITSTATUS(status), {}}
                           : ProcessEnd{k_signal_base + WTERMSIG(status), WTERMSIG(status)};
}

}  // namespace

std::vector<char*> null_terminated(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& string : strings) {
    pointers.push_back(string.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

Result<Process> Process::start(const ProcessStart& start) {
  QSNAP_TRY(check_texts(start));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return cannot_start(start.words.front(), errno);
  }
  const UniqueFd read_end{ends[0]};
  UniqueFd write_end{ends[1]};
  std::vector<std::string> words = start.words, environment = start.environment;
  const std::vector<char*> word_pointers = null_terminated(words), variables = null_terminated(environment);
  const Child child{start, word_pointers.data(), variables.data(), ::getpid(), write_end.get()};
  const pid_t id = ::fork();
  if (id == 0) {
    become_program(child);
  }
  if (id < 0) {
    return cannot_start(start.words.front(), errno);
  }
  Process process{id};
  write_end.reset();
  if (const std::optional<int> failed = read_failure(read_end)) {
    return cannot_start(start.words.front(), *failed);
  }
  return process;
}

Process::~Process() {
  send(SIGKILL);
  wait();
}

std::optional<ProcessEnd> Process::look(int options) {
  if (m_id <= 0 || m_end) {
    return m_end;
  }
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(m_id, &status, options)) < 0 && errno == EINTR) {
  }
  if (ended == m_id) {
    m_end = end_of(status);
  } else if (ended < 0) {  // somebody else waited for it: it has ended, nobody knows how
    m_end = ProcessEnd{};
  }
  return m_end;
}

std::optional<ProcessEnd> Process::end() {
  return look(WNOHANG);
}

ProcessEnd Process::wait() {
  return look(0).value_or(ProcessEnd{});
}

void Process::send(int signal) {
  if (m_id > 0 && !end()) {
    ::kill(m_id, signal);
  }
}

}  // namespace qsnap
