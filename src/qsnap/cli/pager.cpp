// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/user_setting.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/pager.hpp>

namespace qsnap::cli {

namespace {

/// As git gives them to its pager, where the user has not set them: leave when all fits one screen, keep colours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> k_defaults = {{{"LESS", "FRX"}, {"LV", "-c"}}};

std::vector<std::string> pager_environment() {
  std::vector<std::string> variables = all_variables();
  for (const auto& [name, value] : k_defaults) {
    if (std::getenv(std::string{name}.c_str()) == nullptr) {
      variables.push_back(fmt::format("{}={}", name, value));
    }
  }
  return variables;
}

/// A word alone needs no shell, and tells whether it is there. The rest is git's list of what makes a shell necessary.
std::vector<std::string> words_of(const std::string& command) {
  const bool is_word = command.find_first_of("|&;<>()$`\\\"' \t\n*?[#~=%") == std::string::npos;
  return is_word ? std::vector{command} : std::vector<std::string>{"sh", "-c", command};
}

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
  ProcessStart start;
  start.words = words_of(command);
  start.environment = pager_environment();
  start.input = read_end.get();
  Result<Process> process = Process::start(start);
  return process ? std::optional{Pager{*std::move(process), std::move(write_end)}} : std::nullopt;
}

Pager::~Pager() {
  m_input.reset();
  m_process.wait();
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
