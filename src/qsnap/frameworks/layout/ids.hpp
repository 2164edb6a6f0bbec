// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <qsnap/base/ascii.hpp>

/// What generated ids look like: for Layout::is_generated.
namespace qsnap::frameworks::layout {

/// So many hexadecimal digits and nothing else.
[[nodiscard]] inline bool is_hex_id(std::string_view id, std::size_t digits) {
  return id.size() == digits && std::all_of(id.begin(), id.end(), [](char c) { return hex_value(c).has_value(); });
}

/// "79475e03-ddac-43ac-aec3-fc1edccd3f39"
[[nodiscard]] inline bool is_uuid(std::string_view id) {
  return id.size() == 36 && id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' &&
         std::count_if(id.begin(), id.end(), [](char c) { return hex_value(c).has_value(); }) == 32;
}

[[nodiscard]] inline bool is_counter(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), is_digit);
}

}  // namespace qsnap::frameworks::layout
