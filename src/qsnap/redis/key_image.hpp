// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::redis {

/// For the spool of an image: a small image never touches the disk, and while a large one comes in, the memory is not
/// missed. 10,000 jobs take about so much.
inline constexpr std::size_t k_image_memory_bytes = 16 * limits::k_mib;

/// Writes one key's value into a Spool as blocks of bounded size, without splitting an element.
class PartWriter {
 public:
  explicit PartWriter(Spool& spool) : m_spool(spool) {}

  /// The items of the next element are pushed here, followed by end_element().
  [[nodiscard]] model::ItemBlock& block() { return m_block; }
  Result<void> end_element();
  /// Ends the value and hands its parts over; at least one, also for no element at all.
  Result<std::vector<SpoolRef>> finish();

 private:
  Result<void> flush();

  Spool& m_spool;  ///< not owned; outlives the writer
  model::ItemBlock m_block;
  std::vector<SpoolRef> m_parts;
};

/// The keys of a capture in the making: names in one arena, 40 bytes for each key besides, values in a spool.
/// Names that the scan found are sorted by seal(); keys that appear later are kept beside them until freeze().
class KeyTable {
 public:
  using Index = std::uint32_t;
  static constexpr std::int64_t k_no_expiry = std::numeric_limits<std::int64_t>::max();

  struct Value {
    model::RedisType type = model::RedisType::string;
    std::int64_t expires_at_ms = k_no_expiry;
    std::vector<SpoolRef> parts;
  };

  void add_scanned(std::string_view name);
  /// Sorts what was scanned and drops doubles: SCAN may tell a name twice.
  void seal();
  /// REQUIRES for both: sealed
  [[nodiscard]] std::optional<Index> find(std::string_view name) const;
  /// The key of that name, added if it is new.
  Index insert(std::string_view name);

  [[nodiscard]] std::size_t size() const { return m_entries.size(); }
  [[nodiscard]] std::string_view name(Index key) const;
  [[nodiscard]] bool is_present(Index key) const { return m_entries[key].present; }
  [[nodiscard]] bool is_stream(Index key) const;

  void set_value(Index key, Value value);
  /// The key is not there (any more).
  void set_absent(Index key);
  /// A stream's meta and group tuples, which no tracking message tells about; meta is the first part alone.
  void set_stream_state(Index key, std::vector<SpoolRef> parts);

  /// Drops what is absent or has expired by then, and sorts for good.
  void freeze(Instant at);

  [[nodiscard]] model::RedisType type(Index key) const { return m_entries[key].type; }
  [[nodiscard]] std::optional<Instant> expires_at(Index key) const;
  /// The value's only part; absent where there may be more.
  [[nodiscard]] std::optional<SpoolRef> only_part(Index key) const;
  /// The value's parts in order.
  [[nodiscard]] std::vector<SpoolRef> parts(Index key) const;
  /// What they are in the spool.
  [[nodiscard]] std::uint64_t bytes(Index key) const;

 private:
  /// 40 bytes: there is one for each key.
  struct Entry {
    std::uint64_t name_at = 0;
    std::int64_t expires_at_ms = k_no_expiry;
    std::uint64_t first_at = 0;
    std::uint32_t first_bytes = 0;  ///< enough for a part: one element at the most is above 256 KiB
    std::uint32_t name_bytes = 0;
    std::uint32_t overflow = 0;  ///< 1-based number in m_overflow; 0 = the value is its first part alone
    model::RedisType type = model::RedisType::string;
    bool present = false;

    [[nodiscard]] SpoolRef first() const { return {first_at, first_bytes}; }
  };
  /// Of a value in several parts, and of every stream.
  struct Overflow {
    std::vector<SpoolRef> rest;
    std::vector<SpoolRef> state;
  };

  [[nodiscard]] std::string_view name(const Entry& entry) const;
  Overflow& overflow(Entry& entry);
  void sort_by_name();

  std::string m_names;
  std::vector<Entry> m_entries;
  std::size_t m_sealed = 0;
  std::map<std::string, Index, std::less<>> m_late;  ///< keys behind m_sealed
  std::vector<Overflow> m_overflow;
};

/// The Keyspace over a frozen table and the spool with its values.
class KeyImage final : public model::Keyspace {
 public:
  KeyImage(KeyTable table, Spool spool) : m_table(std::move(table)), m_spool(std::move(spool)) {}

  [[nodiscard]] std::size_t size() const override { return m_table.size(); }
  [[nodiscard]] std::string_view name(model::KeyId key) const override { return m_table.name(key); }
  [[nodiscard]] model::RedisType type(model::KeyId key) const override { return m_table.type(key); }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId key) const override { return m_table.expires_at(key); }
  Result<void> read(model::KeyId key, Direction direction, const BlockReader& reader) const override;
  Result<std::shared_ptr<const model::ItemBlock>> read_shared(model::KeyId key) const override;

 private:
  [[nodiscard]] Result<model::ItemBlock> read_part(SpoolRef part) const;

  KeyTable m_table;
  Spool m_spool;
};

}  // namespace qsnap::redis
