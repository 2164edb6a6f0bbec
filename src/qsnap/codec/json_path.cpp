// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json_path.hpp>

namespace qsnap::codec {

namespace {

bool is_identifier(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), inner);
}

}  // namespace

void append_path_name(std::string& path, std::string_view name) {
  if (is_identifier(name)) {
    path.append(1, '.').append(name);
    return;
  }
  path += '[';
  append_json_string(path, name);
  path += ']';
}

}  // namespace qsnap::codec
