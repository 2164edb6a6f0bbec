// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <fmt/format.h>

#include <qsnap/report/github_command.hpp>

namespace qsnap::report {

std::string escape_command(std::string_view text, CommandPart part) {
  std::string out;
  for (const char c : text) {
    const bool separates = part == CommandPart::property && (c == ':' || c == ',');
    if (c == '%' || c == '\r' || c == '\n' || separates) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace qsnap::report
