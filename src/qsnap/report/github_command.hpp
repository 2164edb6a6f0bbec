// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Commands of GitHub's runner in the output of a job ("::error file=…::message"). Internal to report.
namespace qsnap::report {

enum class CommandPart : std::uint8_t { message, property };

/// As the runner reads it back. What it would take for the end of a message, or, in a property, of its value, is
/// escaped, so nothing in it begins another command.
[[nodiscard]] std::string escape_command(std::string_view text, CommandPart part);

}  // namespace qsnap::report
