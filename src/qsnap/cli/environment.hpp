// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/base/environment.hpp>

namespace qsnap::cli {

/// That of this process.
[[nodiscard]] inline app::Environment process_environment() {
  return process_variable;
}

/// All of this process's, as NAME=value, for a program that it starts.
[[nodiscard]] inline std::vector<std::string> all_variables() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

}  // namespace qsnap::cli
