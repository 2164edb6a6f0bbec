// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/driver/clean.hpp>
#include <qsnap/driver/driver.hpp>
#include <qsnap/driver/filter_process.hpp>
#include <qsnap/driver/merge_command.hpp>
#include <qsnap/driver/messages.hpp>
#include <qsnap/driver/textconv.hpp>
#include <qsnap/driver/view_setting.hpp>

namespace qsnap::driver {

namespace {

using Arguments = std::span<const char* const>;

constexpr int k_success = 0;
constexpr int k_failure = 1;

void print_to(std::FILE* out, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out);
}

/// Git appends the file, whatever it is called. Options that are unknown are skipped: they are of a later version's
/// configuration, and a diff without them is better than none.
int run_textconv(Arguments arguments) {
  if (arguments.empty()) {
    return usage("textconv [--fmt N] [--view semantic|full] FILE");
  }
  const std::string_view file = arguments.back();
  std::optional<TextView> view;
  for (std::size_t i = 0; i + 2 < arguments.size(); ++i) {
    if (std::string_view{arguments[i]} == "--view") {
      view = std::string_view{arguments[i + 1]} == "full" ? TextView::full : TextView::semantic;
    }
  }
  if (const auto printed = print_textconv(file, view ? *view : configured_view({}), stdout); !printed) {
    complain(printed.error());
  }
  return k_success;
}

int finish_filter(const Result<void>& done) {
  if (!done) {
    complain(done.error());
  }
  return done ? k_success : k_failure;
}

int run_clean(Arguments arguments) {
  if (!arguments.empty() && std::string_view{arguments.front()} == "--") {
    arguments = arguments.subspan(1);
  }
  if (arguments.size() > 1) {
    return usage("clean [--] [PATH] < FILE");
  }
  CleanedFile file;
  if (!arguments.empty()) {
    file.path = arguments.front();
  }
  return finish_filter(clean_stream(stdin, stdout, file));
}

int run_filter_process(Arguments arguments) {
  return arguments.empty() ? finish_filter(filter_process(stdin, stdout, {})) : usage("filter-process");
}

int run_version(Arguments /*arguments*/) {
  print_to(stdout, "git-qsnap-driver " QSNAP_VERSION "\n");
  return k_success;
}

struct Command {
  std::string_view name;
  int (*run)(Arguments);
  int when_it_throws;
};

constexpr std::array k_commands = {Command{"textconv", run_textconv, k_success}, Command{"clean", run_clean, k_failure},
                                   Command{"filter-process", run_filter_process, k_failure},
                                   Command{"merge", run_merge, k_failure},
                                   Command{"--version", run_version, k_failure}};

}  // namespace

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of the write call
  const Arguments arguments{argv, static_cast<std::size_t>(argc)};
  const std::string_view name = arguments.size() < 2 ? "" : arguments[1];
  const auto* const command =
      std::find_if(k_commands.begin(), k_commands.end(), [&](const Command& c) { return c.name == name; });
  // Git starts a command of one word itself, and any other one through a shell, which takes as long to start as this
  // program. So what a snapshot's name follows alone is textconv.
  const bool is_file_alone = arguments.size() == 2 && name.ends_with(".qsnap");
  if (command == k_commands.end() && !is_file_alone) {
    return usage("textconv|clean|filter-process|merge|--version");
  }
  try {
    return is_file_alone ? run_textconv(arguments.subspan(1)) : command->run(arguments.subspan(2));
  } catch (const std::exception& bug) {
    complain(fmt::format("{}: {}", name, bug.what()));
    return is_file_alone ? k_success : command->when_it_throws;
  }
}

}  // namespace qsnap::driver
