// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/frameworks/layout/key_index.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::frameworks::layout {

/// The bodies of a namespace whose structures hold ids: keys of their own, or fields of hashes. Fields are put into a
/// spool, so that memory holds ids and no payloads. One thread.
class Bodies {
 public:
  /// The arguments must outlive this; the keyspace and layout are read, the index only here.
  static Result<Bodies> open(const Layout& layout, const model::Keyspace& keyspace, std::string_view name_space,
                             const KeyIndex& index);

  /// A body's number, below size(): bodies that are keys have that of their key, counted from the namespace's first.
  using Number = std::uint32_t;
  [[nodiscard]] std::optional<Number> find(std::string_view queue, std::string_view id) const;
  [[nodiscard]] std::size_t size() const { return m_numbers_of_keys + m_fields.size(); }
  /// REQUIRES: a key of the index
  [[nodiscard]] Number number(model::KeyId key) const { return key - m_first; }
  /// The key that a body is, or is a field of.
  [[nodiscard]] model::KeyId key(Number body) const;
  Result<std::shared_ptr<const model::ItemBlock>> read(Number body) const;

  /// Every body with its id and the queue that the name of its key tells, if it does.
  using Visitor = std::function<Result<void>(Number body, std::optional<std::string_view> queue, std::string_view id)>;
  Result<void> for_each(const Visitor& visit) const;

 private:
  struct Field {
    model::KeyId key = 0;
    SpoolRef value;
    std::string id;
  };
  Bodies(const Layout& layout, const model::Keyspace& keyspace, std::string prefix, const KeyIndex& index, Spool spool)
      : m_layout(&layout),
        m_keyspace(&keyspace),
        m_prefix(std::move(prefix)),
        m_keys(index.bodies),
        m_first(index.first),
        m_numbers_of_keys(layout.body ? index.end - index.first : 0),
        m_spool(std::move(spool)) {}
  Result<void> add_fields(model::KeyId key);

  const Layout* m_layout;
  const model::Keyspace* m_keyspace;
  std::string m_prefix;
  std::vector<model::KeyId> m_keys;
  model::KeyId m_first;
  std::size_t m_numbers_of_keys;  ///< every key of the namespace has one; with many namespaces that is not every key
  Spool m_spool;
  std::vector<Field> m_fields;
  std::unordered_map<model::KeyId, std::unordered_map<std::string, Number>> m_by_id;  ///< of hashes, by field
};

}  // namespace qsnap::frameworks::layout
