// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/split.hpp>

namespace qsnap {

std::vector<std::string_view> split(std::string_view text, char end) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find(end)));
    text.remove_prefix(std::min(text.size(), parts.back().size() + 1));
  }
  return parts;
}

}  // namespace qsnap
