// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/process.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::git {

namespace {

/// What the repository's configuration must not start, whoever wrote it; and that what git writes is on the disk before
/// it says so: by itself it syncs packs, but neither loose objects, which a fetch makes of a few, nor refs.
constexpr std::array k_safe_arguments = {"--no-pager", "--no-optional-locks",      "-c", "core.fsmonitor=false",
                                         "-c",         "core.hooksPath=/dev/null", "-c", "log.showSignature=false",
                                         "-c",         "protocol.ext.allow=never", "-c", "core.fsync=all"};

/// The most that is kept of git's complaints; the rest is read and dropped, so that git does not wait for us.
constexpr std::size_t k_most_errors = 64 * 1024;

Error cannot_run(int error_number) {
  return make_error(ErrorCode::git, fmt::format("cannot run git: {}", std::strerror(error_number)),
                    {"git has to be on the PATH"});
}

struct Pipe {
  UniqueFd read, write;

  static Result<Pipe> open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return cannot_run(errno);
    }
    return Pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
  }
};

/// The subcommand, for messages; options of git itself stand in front of it.
std::string_view name_of(const GitCommand& command) {
  std::size_t at = 0;
  while (at < command.arguments.size() && command.arguments[at] == "-c") {
    at += 2;  // with its value
  }
  return at < command.arguments.size() ? std::string_view{command.arguments[at]} : std::string_view{};
}

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&m_actions); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&m_actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void use_as(const UniqueFd& fd, int number) { ::posix_spawn_file_actions_adddup2(&m_actions, fd.get(), number); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &m_actions; }

 private:
  posix_spawn_file_actions_t m_actions{};
};

/// SIGPIPE and SIGXFSZ are ignored in this program, and what is ignored stays so over exec: git gets the default.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    ::posix_spawnattr_init(&m_attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&m_attributes, &defaults);
    ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&m_attributes); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &m_attributes; }

 private:
  posix_spawnattr_t m_attributes{};
};

std::vector<std::string> full_arguments(const GitCommand& command) {
  std::vector<std::string> words = {"git"};
  if (!command.folder.empty()) {
    words.insert(words.end(), {"-C", command.folder.native()});
  }
  words.insert(words.end(), k_safe_arguments.begin(), k_safe_arguments.end());
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  return words;
}

std::vector<std::string> environment_of(GitEnvironment kind) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const bool ours = text.starts_with("GIT_ALLOW_PROTOCOL=") || text.starts_with("GIT_NO_LAZY_FETCH=");
    const bool stays = kind == GitEnvironment::transport || !ours;
    if (stays && (kind != GitEnvironment::hermetic || !text.starts_with("GIT_"))) {
      variables.emplace_back(text);
    }
  }
  // A partial clone would fetch what is missing, by core.sshCommand or whatever else the repository names. Git before
  // 2.44 knows but the first of these: no protocol is allowed, whatever protocol.*.allow says.
  if (kind != GitEnvironment::transport) {
    variables.insert(variables.end(), {"GIT_ALLOW_PROTOCOL=", "GIT_NO_LAZY_FETCH=1"});
  }
  if (kind == GitEnvironment::hermetic) {
    variables.insert(variables.end(),
                     {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
                      "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.attributesFile", "GIT_CONFIG_VALUE_0=/dev/null"});
  }
  return variables;
}

/// Git, running, with our ends of its three pipes.
struct Child {
  pid_t process = 0;
  UniqueFd input, output, errors;
};

Result<Child> start(const GitCommand& command) {
  QSNAP_ASSIGN(Pipe input, Pipe::open());
  QSNAP_ASSIGN(Pipe output, Pipe::open());
  QSNAP_ASSIGN(Pipe errors, Pipe::open());
  FileActions actions;
  actions.use_as(input.read, STDIN_FILENO);
  actions.use_as(output.write, STDOUT_FILENO);
  actions.use_as(errors.write, STDERR_FILENO);
  std::vector<std::string> words = full_arguments(command);
  const auto has_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
  if (std::any_of(words.begin(), words.end(), has_nul)) {
    return make_error(ErrorCode::usage, "an argument for git holds a NUL byte");
  }
  std::vector<std::string> environment = environment_of(command.environment);
  Child child;
  const int failed = ::posix_spawnp(&child.process, "git", actions.get(), SpawnAttributes{}.get(),
                                    null_terminated(words).data(), null_terminated(environment).data());
  if (failed != 0) {
    return cannot_run(failed);
  }
  child.input = std::move(input.write);
  child.output = std::move(output.read);
  child.errors = std::move(errors.read);
  return child;
}

/// Moves bytes both ways until git has closed its two outputs.
class Conversation {
 public:
  Conversation(Child& child, std::string_view input, const OutputSink& output)
      : m_child(child), m_input(input), m_output(output) {}

  Result<GitAnswer> run() {
    GitAnswer answer;
    const OutputSink keep_errors = [&](std::string_view piece) -> Result<void> {
      answer.errors += piece.substr(0, k_most_errors - answer.errors.size());
      return {};
    };
    ::fcntl(m_child.input.get(), F_SETFL, O_NONBLOCK);
    while (m_child.output.get() >= 0 || m_child.errors.get() >= 0) {
      std::array<pollfd, 3> ends = {pollfd{m_child.input.get(), POLLOUT, 0}, pollfd{m_child.output.get(), POLLIN, 0},
                                    pollfd{m_child.errors.get(), POLLIN, 0}};
      if (::poll(ends.data(), ends.size(), -1) < 0) {
        if (errno == EINTR) {
          continue;
        }
        return cannot_run(errno);
      }
      if (ends[0].revents != 0) {
        feed();
      }
      if (ends[1].revents != 0) {
        QSNAP_TRY(take(m_child.output, m_output));
      }
      if (ends[2].revents != 0) {
        QSNAP_TRY(take(m_child.errors, keep_errors));
      }
    }
    return answer;
  }

 private:
  void feed() {
    const std::string_view rest = m_input.substr(m_fed);
    const ssize_t written = rest.empty() ? -1 : ::write(m_child.input.get(), rest.data(), rest.size());
    if (written < 0 && !rest.empty() && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    m_fed += written > 0 ? static_cast<std::size_t>(written) : 0;
    if (written < 0 || m_fed == m_input.size()) {  // a git that reads no more is git's business
      m_child.input = UniqueFd{};
    }
  }

  /// One read.
  static Result<void> take(UniqueFd& from, const OutputSink& into) {
    std::array<char, 64 * 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got < 0) {
      return errno == EINTR ? Result<void>{} : Result<void>{cannot_run(errno)};
    }
    if (got == 0) {
      from = UniqueFd{};
      return {};
    }
    return into({buffer.data(), static_cast<std::size_t>(got)});
  }

  Child& m_child;
  std::string_view m_input;
  const OutputSink& m_output;
  std::size_t m_fed = 0;
};

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int k_signal_base = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : k_signal_base + WTERMSIG(status);
}

}  // namespace

Result<GitAnswer> run_git(const GitCommand& command, const OutputSink& output) {
  QSNAP_ASSIGN(Child child, start(command));
  Result<GitAnswer> answer = Conversation{child, command.input, output}.run();
  child.input.reset();  // whatever happened: git sees its pipes closed, and ends
  child.output.reset();
  child.errors.reset();
  const int exit_code = wait_for(child.process);
  if (answer) {
    answer->exit_code = exit_code;
  }
  return answer;
}

Result<GitAnswer> run_git(const GitCommand& command) {
  std::string output;
  const auto keep = [&](std::string_view piece) -> Result<void> {
    if (piece.size() > command.most_output - output.size()) {
      return make_error(ErrorCode::limit_exceeded,
                        fmt::format("git {} printed more than {} bytes", name_of(command), command.most_output));
    }
    output += piece;
    return {};
  };
  QSNAP_ASSIGN(GitAnswer answer, run_git(command, keep));
  answer.output = std::move(output);
  return answer;
}

Result<std::string> git_output(const GitCommand& command) {
  QSNAP_ASSIGN(GitAnswer answer, run_git(command));
  if (answer.exit_code != 0) {
    while (answer.errors.ends_with('\n')) {
      answer.errors.pop_back();
    }
    return make_error(ErrorCode::git, fmt::format("git {} failed: {}", name_of(command),
                                                  answer.errors.empty() ? "no reason given" : answer.errors));
  }
  return std::move(answer.output);
}

}  // namespace qsnap::git
