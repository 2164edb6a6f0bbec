// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/user_setting.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app {

std::optional<std::string> user_setting(const std::string& name) {
  for (const char* const scope : {"--global", "--system"}) {
    // With NUL as its end: a value may end with a line end of its own.
    const auto answer = git::run_git({"/", {"config", scope, "--includes", "--null", "--get", name}, {}});
    if (answer && answer->exit_code == 0) {
      return answer->output.substr(0, answer->output.find('\0'));
    }
  }
  return std::nullopt;
}

}  // namespace qsnap::app
