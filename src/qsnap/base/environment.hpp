// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap {

/// A variable of this process; absent when it is not set or empty. For cli/ and api/ alone: below them, what the
/// environment says comes in as a value.
[[nodiscard]] inline std::optional<std::string> process_variable(std::string_view name) {
  const char* const value = std::getenv(std::string{name}.c_str());
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
}

}  // namespace qsnap
