// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/escape.hpp>
#include <qsnap/report/tap_text.hpp>

namespace qsnap::report {

std::string tap_text(std::string_view bytes) {
  std::string out;
  for (const char c : escape_terminal(bytes)) {
    if (c == '#' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

}  // namespace qsnap::report
