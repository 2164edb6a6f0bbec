// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/assert_mode.hpp>

namespace qsnap::cli {

/// That of this process.
[[nodiscard]] inline app::Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string{name}.c_str());
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
  };
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
