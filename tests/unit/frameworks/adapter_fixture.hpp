// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/frameworks/adapter.hpp>

#include "adapter_contract.hpp"
#include "keyspace_file.hpp"

/// For tests of one adapter with fixtures of its framework.
namespace qsnap::test {

using Keys = std::vector<model::MemoryKeyspace::Key>;

inline frameworks::AdapterList alone(std::unique_ptr<frameworks::Adapter> adapter) {
  frameworks::AdapterList list;
  list.push_back(std::move(adapter));
  return list;
}

inline Keys fixture(std::string_view name) {
  return read_keys_file(std::string{QSNAP_SOURCE_DIR "/tests/fixtures/"}.append(name) + ".keys");
}

inline model::MemoryKeyspace::Key make_key(std::string name, model::RedisType type,
                                           const std::vector<std::string>& items) {
  model::MemoryKeyspace::Key key;
  key.name = std::move(name);
  key.type = type;
  for (const std::string& item : items) {
    key.items.push(item);
  }
  return key;
}

inline model::MemoryKeyspace::Key& key_named(Keys& keys, std::string_view name) {
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.name == name; });
  REQUIRE(at != keys.end());
  return *at;
}

/// Replaces the first `from` in the key's items.
inline void replace(model::MemoryKeyspace::Key& key, std::string_view from, std::string_view to) {
  model::ItemBlock items;
  bool replaced = false;
  for (std::size_t i = 0; i < key.items.size(); ++i) {
    std::string item{key.items[i]};
    if (const std::size_t at = replaced ? std::string::npos : item.find(from); at != std::string::npos) {
      item.replace(at, from.size(), to);
      replaced = true;
    }
    items.push(item);
  }
  REQUIRE(replaced);
  key.items = std::move(items);
}

/// Keys that no record rebuilds, with their roles.
inline std::map<std::string, std::string> verbatim(const Document& document) {
  std::map<std::string, std::string> keys;
  for (const auto& [key, role] : document.verbatim) {
    keys.emplace(key, frameworks::to_text(role));
  }
  return keys;
}

/// The names of the keys that a rebuild writes.
inline std::vector<std::string> names(const Keys& keys) {
  std::vector<std::string> all;
  for (const auto& key : keys) {
    all.push_back(key.name);
  }
  return all;
}

inline std::string fingerprint(const Keys& keys, const frameworks::AdapterList& adapters) {
  return compose(keys, adapters).fingerprint();
}

}  // namespace qsnap::test
