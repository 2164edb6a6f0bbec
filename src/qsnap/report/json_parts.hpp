// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/json_writer.hpp>

/// What the documents of --json have in common.
namespace qsnap::report {

/// A count, as a JsonWriter takes it.
[[nodiscard]] inline std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// A member that is an array of texts. Answers the writer.
inline JsonWriter& write_texts(JsonWriter& json, std::string_view member, const std::vector<std::string>& texts) {
  json.key(member).begin_array();
  for (const std::string& text : texts) {
    json.bytes(text);
  }
  return json.end_array();
}

}  // namespace qsnap::report
