// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <qsnap/model/keyspace.hpp>

/// What a reading looked at to make a record is what the record's rebuild is mostly compared with: the value goes along
/// with the record, so that it is read once, whichever thread proves.
namespace qsnap::frameworks {

/// A key's whole value.
struct SeenValue {
  model::KeyId key = 0;
  std::shared_ptr<const model::ItemBlock> items;
};

/// A keyspace that remembers which values were shared lately. For one thread.
class WatchedKeyspace final : public model::Keyspace {
 public:
  /// The keyspace must outlive this one.
  explicit WatchedKeyspace(const model::Keyspace& keyspace) : m_keyspace(keyspace) {}

  [[nodiscard]] std::size_t size() const override { return m_keyspace.size(); }
  [[nodiscard]] std::string_view name(model::KeyId key) const override { return m_keyspace.name(key); }
  [[nodiscard]] model::RedisType type(model::KeyId key) const override { return m_keyspace.type(key); }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId key) const override {
    return m_keyspace.expires_at(key);
  }
  Result<void> read(model::KeyId key, Direction direction, const BlockReader& reader) const override {
    return m_keyspace.read(key, direction, reader);
  }
  [[nodiscard]] std::optional<model::KeyId> find(std::string_view name) const override { return m_keyspace.find(name); }
  Result<std::shared_ptr<const model::ItemBlock>> read_shared(model::KeyId key) const override;

  /// What was shared since forget(), but not much of it.
  [[nodiscard]] std::span<const SeenValue> seen() const { return m_seen; }
  void forget() const { m_seen.clear(); }

 private:
  const model::Keyspace& m_keyspace;
  mutable std::vector<SeenValue> m_seen;  ///< notes beside the keyspace, which stays as it is
};

/// A keyspace that looks first at values which somebody has seen already. For one thread.
class SeenKeyspace final : public model::Keyspace {
 public:
  /// The keyspace must outlive this one.
  explicit SeenKeyspace(const model::Keyspace& keyspace) : m_keyspace(keyspace) {}

  /// Valid until the next call; not owned.
  void look_first_at(std::span<const SeenValue> seen) { m_seen = seen; }

  [[nodiscard]] std::size_t size() const override { return m_keyspace.size(); }
  [[nodiscard]] std::string_view name(model::KeyId key) const override { return m_keyspace.name(key); }
  [[nodiscard]] model::RedisType type(model::KeyId key) const override { return m_keyspace.type(key); }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId key) const override {
    return m_keyspace.expires_at(key);
  }
  Result<void> read(model::KeyId key, Direction direction, const BlockReader& reader) const override;
  [[nodiscard]] std::optional<model::KeyId> find(std::string_view name) const override;

 private:
  const model::Keyspace& m_keyspace;
  std::span<const SeenValue> m_seen;
};

}  // namespace qsnap::frameworks
