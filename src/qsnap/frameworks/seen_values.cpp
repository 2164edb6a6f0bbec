// SPDX-License-Identifier: Apache-2.0
#include <qsnap/frameworks/seen_values.hpp>

namespace qsnap::frameworks {

Result<std::shared_ptr<const model::ItemBlock>> WatchedKeyspace::read_shared(model::KeyId key) const {
  constexpr std::size_t k_most = 8;  // a record is made of one or two; who reads more without a record gets no help
  if (m_seen.size() == k_most) {
    m_seen.clear();
  }
  QSNAP_ASSIGN(std::shared_ptr<const model::ItemBlock> items, m_keyspace.read_shared(key));
  m_seen.push_back({key, items});
  return items;
}

Result<void> SeenKeyspace::read(model::KeyId key, Direction direction, const BlockReader& reader) const {
  for (const SeenValue& value : m_seen) {
    if (value.key == key) {
      return reader(*value.items);
    }
  }
  return m_keyspace.read(key, direction, reader);
}

std::optional<model::KeyId> SeenKeyspace::find(std::string_view wanted) const {
  for (const SeenValue& value : m_seen) {
    if (name(value.key) == wanted) {
      return value.key;
    }
  }
  return m_keyspace.find(wanted);
}

}  // namespace qsnap::frameworks
