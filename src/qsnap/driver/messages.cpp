// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include <qsnap/driver/messages.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::driver {

void complain(std::string_view text) {
  const std::string line = fmt::format("git-qsnap-driver: {}\n", text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void complain(const Error& error) {
  complain(report::escape_terminal(error.message));
  for (const std::string& hint : error.hints) {
    complain(report::escape_terminal(hint));
  }
}

int usage(std::string_view how) {
  constexpr int k_usage = 129;
  complain(fmt::format("usage: git-qsnap-driver {}", how));
  return k_usage;
}

}  // namespace qsnap::driver
