// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/result.hpp>

/// Options that can be repeated: prefixes, queues, tags.
namespace qsnap::cli {

[[nodiscard]] inline std::vector<std::string> sorted_set(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

/// An empty one is a mistake: an unset variable in a script, most of the time.
inline Result<void> check_words(std::string_view option, const std::vector<std::string>& words) {
  if (std::find(words.begin(), words.end(), "") != words.end()) {
    return make_error(ErrorCode::usage, fmt::format("{} must not be empty", option));
  }
  return {};
}

}  // namespace qsnap::cli
