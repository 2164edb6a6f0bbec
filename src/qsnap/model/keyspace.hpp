// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::model {

enum class RedisType : std::uint8_t { string, list, set, hash, zset, stream };

/// Redis's own word for the type, as TYPE answers it.
[[nodiscard]] std::string_view to_text(RedisType type);
[[nodiscard]] std::optional<RedisType> parse_redis_type(std::string_view text);

/// How a key's value is laid out as a flat run of items, the same everywhere (capture, proof, load, document):
///   string  value
///   list    element…                       left to right
///   set     member…                        sorted by bytes
///   hash    field, value…                  sorted by field bytes
///   zset    member, score…                 in Redis's order (score, then member); score as format_double prints it
///   stream  tagged tuples, see model/stream_items.hpp
/// How many items one element takes; absent for streams, whose tuples differ.
[[nodiscard]] std::optional<std::size_t> items_per_element(RedisType type);

using KeyId = std::uint32_t;

/// A consistent image of one Redis database (or of the part of it that is in scope), frozen at one point in time.
/// Keys are numbered in byte order of their names. Values may lie on disk; reading them does not change the image, so
/// any thread may.
class Keyspace {
 public:
  virtual ~Keyspace() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  /// The view lives as long as the image. REQUIRES for all of these: key < size()
  [[nodiscard]] virtual std::string_view name(KeyId key) const = 0;
  [[nodiscard]] virtual RedisType type(KeyId key) const = 0;
  [[nodiscard]] virtual std::optional<Instant> expires_at(KeyId key) const = 0;

  enum class Direction { forward, backward };
  using BlockReader = std::function<Result<void>(const ItemBlock&)>;
  /// Hands the value over block by block; elements are never split over blocks. Backward (lists only) hands the
  /// blocks over from the last to the first; inside a block the items still stand left to right.
  virtual Result<void> read(KeyId key, Direction direction, const BlockReader& reader) const = 0;

  /// The whole value at once, for keys that are small by nature (a job's hash, a counter).
  Result<ItemBlock> read_all(KeyId key) const;
  /// The same without a copy, and for as long as anybody needs it.
  virtual Result<std::shared_ptr<const ItemBlock>> read_shared(KeyId key) const;
  /// A keyspace may know where to look first.
  [[nodiscard]] virtual std::optional<KeyId> find(std::string_view name) const;
  /// The first key whose name is not before `name`: with it, a prefix is a range.
  [[nodiscard]] KeyId lower_bound(std::string_view name) const;
};

/// When a load writes a key, in this order: bodies, structures that refer to them, counters, pause flags, and last
/// the markers that wake blocked workers up (research: frameworks.md 2).
enum class LoadStage : std::uint8_t { body, structure, counter, pause, wakeup };

/// Some elements of one key. Several writes to one key add up; the last expiry wins.
struct KeyWrite {
  enum class ListEnd : std::uint8_t { right, left };
  /// What a load that merges does with a key that the target has already: the elements are added, none of which is
  /// there; the key must be equal; a counter is raised; the target's stays. By the stage: bodies are whole, structures
  /// and wake-up markers are added to, counters raised, pauses stay.
  enum class Existing : std::uint8_t { by_stage, add, whole, raise, stays };

  LoadStage stage = LoadStage::body;
  std::string_view key;
  RedisType type = RedisType::string;
  std::optional<Instant> expires_at;
  const ItemBlock* items = nullptr;  ///< not owned; REQUIRES: not null. Laid out as above
  ListEnd end = ListEnd::right;      ///< for lists: left pushes each item in front of all before it
  Existing existing = Existing::by_stage;
};

/// Takes what a rebuild makes: the Redis writer of a load, or the proof of a capture.
class KeySink {
 public:
  virtual ~KeySink() = default;
  virtual Result<void> write(const KeyWrite& write) = 0;
};

/// A Keyspace in memory, for tests and for small states.
class MemoryKeyspace final : public Keyspace {
 public:
  struct Key {
    std::string name;
    RedisType type = RedisType::string;
    std::optional<Instant> expires_at;
    ItemBlock items;
  };
  /// Sorts the keys by name. REQUIRES: names differ
  explicit MemoryKeyspace(std::vector<Key> keys);

  [[nodiscard]] std::size_t size() const override { return m_keys.size(); }
  [[nodiscard]] std::string_view name(KeyId key) const override { return m_keys[key].name; }
  [[nodiscard]] RedisType type(KeyId key) const override { return m_keys[key].type; }
  [[nodiscard]] std::optional<Instant> expires_at(KeyId key) const override { return m_keys[key].expires_at; }
  Result<void> read(KeyId key, Direction direction, const BlockReader& reader) const override;

 private:
  std::vector<Key> m_keys;
};

}  // namespace qsnap::model
