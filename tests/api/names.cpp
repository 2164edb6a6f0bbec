// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include <qsnap/test_name.hpp>

/// The name that each line of standard input stands for; parts are divided by form feeds, \1 is a new line.
int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> parts(1);
    for (const char c : line) {
      if (c == '\f') {
        parts.emplace_back();
      } else {
        parts.back() += c == '\1' ? '\n' : c;
      }
    }
    std::cout << qsnap::detail::snapshot_name(parts) << '\n';
  }
}
