// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/model/keyspace.hpp>

namespace qsnap::model {

namespace {

constexpr std::array<std::string_view, 6> k_type_names = {"string", "list", "set", "hash", "zset", "stream"};

}  // namespace

std::string_view to_text(RedisType type) {
  return k_type_names.at(static_cast<std::size_t>(type));
}

std::optional<RedisType> parse_redis_type(std::string_view text) {
  const auto at = std::find(k_type_names.begin(), k_type_names.end(), text);
  return at == k_type_names.end() ? std::nullopt : std::optional{static_cast<RedisType>(at - k_type_names.begin())};
}

std::optional<std::size_t> items_per_element(RedisType type) {
  switch (type) {
    case RedisType::hash:
    case RedisType::zset:
      return 2;
    case RedisType::stream:
      return std::nullopt;
    default:
      return 1;
  }
}

Result<ItemBlock> Keyspace::read_all(KeyId key) const {
  ItemBlock all;
  bool first = true;
  QSNAP_TRY(read(key, Direction::forward, [&](const ItemBlock& block) -> Result<void> {
    if (first) {
      all = block;
      first = false;
      return {};
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      all.push(block[i]);
    }
    return {};
  }));
  return all;
}

Result<std::shared_ptr<const ItemBlock>> Keyspace::read_shared(KeyId key) const {
  QSNAP_ASSIGN(ItemBlock all, read_all(key));
  return std::make_shared<const ItemBlock>(std::move(all));
}

KeyId Keyspace::lower_bound(std::string_view wanted) const {
  KeyId low = 0;
  auto high = static_cast<KeyId>(size());
  while (low < high) {
    const KeyId middle = low + (high - low) / 2;
    if (name(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<KeyId> Keyspace::find(std::string_view wanted) const {
  const KeyId at = lower_bound(wanted);
  return at < size() && name(at) == wanted ? std::optional{at} : std::nullopt;
}

MemoryKeyspace::MemoryKeyspace(std::vector<Key> keys) : m_keys(std::move(keys)) {
  std::sort(m_keys.begin(), m_keys.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
}

Result<void> MemoryKeyspace::read(KeyId key, Direction /*direction*/, const BlockReader& reader) const {
  return reader(m_keys[key].items);
}

}  // namespace qsnap::model
