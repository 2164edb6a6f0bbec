// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t is not in <csignal>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/user_setting.hpp>
#include <qsnap/cli/pager.hpp>

namespace qsnap::cli {

namespace {

/// As git gives them to its pager, where the user has not set them: leave when all fits one screen, keep colours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> k_defaults = {{{"LESS", "FRX"}, {"LV", "-c"}}};

std::vector<std::string> pager_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : k_defaults) {
    if (std::getenv(std::string{name}.c_str()) == nullptr) {
      variables.push_back(fmt::format("{}={}", name, value));
    }
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) {
    pointers.push_back(string.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// A word alone needs no shell, and tells whether it is there. The rest is git's list of what makes a shell necessary.
std::vector<std::string> words_of(const std::string& command) {
  const bool is_word = command.find_first_of("|&;<>()$`\\\"' \t\n*?[#~=%") == std::string::npos;
  return is_word ? std::vector{command} : std::vector<std::string>{"sh", "-c", command};
}

/// We ignore these signals; a pager shall not.
class DefaultSignals {
 public:
  DefaultSignals() {
    ::posix_spawnattr_init(&m_attributes);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::sigaddset(&signals, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&m_attributes, &signals);
    ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGDEF);
  }
  ~DefaultSignals() { ::posix_spawnattr_destroy(&m_attributes); }
  DefaultSignals(const DefaultSignals&) = delete;
  DefaultSignals& operator=(const DefaultSignals&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &m_attributes; }

 private:
  posix_spawnattr_t m_attributes{};
};

}  // namespace

std::string pager_command() {
  std::optional<std::string> command;
  const auto from_environment = [&command](const char* name) {
    if (const char* value = std::getenv(name); !command && value != nullptr) {
      command = value;
    }
  };
  from_environment("GIT_PAGER");
  if (!command) {
    command = app::user_setting("core.pager");
  }
  from_environment("PAGER");
  const std::string chosen = command.value_or("less");
  return chosen == "cat" ? std::string{} : chosen;
}

std::optional<Pager> Pager::start(const std::string& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  const UniqueFd read_end{ends[0]};
  UniqueFd write_end{ends[1]};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, read_end.get(), STDIN_FILENO);
  std::vector<std::string> words = words_of(command), environment = pager_environment();
  pid_t process = 0;
  const DefaultSignals signals;
  const int failed = ::posix_spawnp(&process, words.front().c_str(), &actions, signals.get(), pointers_to(words).data(),
                                    pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? std::optional{Pager{process, std::move(write_end)}} : std::nullopt;
}

Pager::~Pager() {
  m_input.reset();
  while (m_process > 0 && ::waitpid(m_process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> Pager::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(m_input.get(), text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      m_has_quit = errno == EPIPE;
      return make_error(ErrorCode::io, fmt::format("cannot write to the pager: {}", std::strerror(errno)));
    }
    text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  return {};
}

}  // namespace qsnap::cli
