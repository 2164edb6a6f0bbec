// SPDX-License-Identifier: Apache-2.0
#include <qsnap/frameworks/layout/bodies.hpp>

namespace qsnap::frameworks::layout {

using model::ItemBlock;
using model::KeyId;
using model::Keyspace;

Result<Bodies> Bodies::open(const Layout& layout, const Keyspace& keyspace, std::string_view name_space,
                            const KeyIndex& index) {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  Bodies bodies{layout, keyspace, key_prefix(layout, name_space), index, std::move(spool)};
  for (const IndexedKey& each : index.keys) {
    if (each.line.part == Part::body) {
      QSNAP_TRY(bodies.add_fields(each.key));
    }
  }
  return bodies;
}

Result<void> Bodies::add_fields(KeyId key) {
  auto& by_id = m_by_id[key];
  return m_keyspace->read(key, Keyspace::Direction::forward, [&](const ItemBlock& block) -> Result<void> {
    for (std::size_t i = 0; i + 1 < block.size(); i += 2) {
      QSNAP_ASSIGN(const SpoolRef value, m_spool.append(block[i + 1]));
      by_id.emplace(block[i], static_cast<Number>(size()));
      m_fields.push_back({key, value, std::string{block[i]}});
    }
    return {};
  });
}

std::optional<Bodies::Number> Bodies::find(std::string_view queue, std::string_view id) const {
  if (!m_layout->body) {
    return std::nullopt;
  }
  const BodySpec& body = *m_layout->body;
  Holes holes;
  holes.queue = queue;
  holes.id = id;
  const auto key = m_keyspace->find(m_prefix + body.key.fill(holes));
  if (!key || m_keyspace->type(*key) != body.type) {
    return std::nullopt;
  }
  if (!body.field) {
    return number(*key);
  }
  const auto hash = m_by_id.find(*key);
  if (hash == m_by_id.end()) {
    return std::nullopt;
  }
  const auto field = hash->second.find(std::string{id});
  return field == hash->second.end() ? std::nullopt : std::optional{field->second};
}

KeyId Bodies::key(Number body) const {
  return body < m_numbers_of_keys ? m_first + body : m_fields[body - m_numbers_of_keys].key;
}

Result<std::shared_ptr<const ItemBlock>> Bodies::read(Number body) const {
  if (body < m_numbers_of_keys) {
    return m_keyspace->read_shared(key(body));
  }
  QSNAP_ASSIGN(const std::string value, m_spool.read(m_fields[body - m_numbers_of_keys].value));
  ItemBlock items;
  items.push(value);
  return std::make_shared<const ItemBlock>(std::move(items));
}

Result<void> Bodies::for_each(const Visitor& visit) const {
  if (!m_layout->body) {
    return {};
  }
  const KeyPattern& pattern = m_layout->body->key;
  for (const KeyId key : m_keys) {
    const auto holes = pattern.match(m_keyspace->name(key).substr(m_prefix.size()));
    if (holes && holes->id) {
      QSNAP_TRY(visit(number(key), holes->queue, *holes->id));
    }
  }
  for (std::size_t i = 0; i < m_fields.size(); ++i) {
    const Field& field = m_fields[i];
    const auto holes = pattern.match(m_keyspace->name(field.key).substr(m_prefix.size()));
    QSNAP_TRY(visit(static_cast<Number>(m_numbers_of_keys + i), holes ? holes->queue : std::nullopt, field.id));
  }
  return {};
}

}  // namespace qsnap::frameworks::layout
