// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <qsnap/cli/standard_error.hpp>

namespace qsnap::cli {

void print_to_stderr(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  std::fflush(stderr);
}

}  // namespace qsnap::cli
