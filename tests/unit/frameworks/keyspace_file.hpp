// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::test {

/// The keys of a file that tests/fixtures/make/dump-keys made of a Redis.
inline std::vector<model::MemoryKeyspace::Key> read_keys_file(const std::string& path) {
  std::ifstream file{path};
  std::vector<model::MemoryKeyspace::Key> keys;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(' ')) {
      keys.back().items.push(codec::json_to_bytes(line.substr(1)).value());
      continue;
    }
    const std::size_t expiry = line.rfind(' '), type = line.rfind(' ', expiry - 1);
    model::MemoryKeyspace::Key key;
    key.name = codec::json_to_bytes(line.substr(0, type)).value();
    key.type = model::parse_redis_type(line.substr(type + 1, expiry - type - 1)).value();
    if (const auto ms = parse_integer(line.substr(expiry + 1))) {
      key.expires_at = instant_from_ms(*ms);
    }
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    throw std::runtime_error("no keys in " + path);
  }
  return keys;
}

}  // namespace qsnap::test
