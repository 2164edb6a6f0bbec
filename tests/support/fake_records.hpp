// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/snapshot.hpp>

/// Records and keyspaces without a Redis and without a container.
namespace qsnap::test {

using Keys = std::vector<model::MemoryKeyspace::Key>;

/// Keeps what it is given.
class CollectingSink final : public model::RecordSink {
 public:
  Result<void> add(const model::Record& record) override {
    records.push_back(record);
    return {};
  }
  std::vector<model::Record> records;
};

/// A document made of records in memory: chunks of a few records, whose lines are indices into the list.
class FakeRecords final : public model::RecordSource {
 public:
  explicit FakeRecords(std::vector<model::Record> records, model::Metadata metadata = {});

  [[nodiscard]] const model::Metadata& metadata() const override { return m_metadata; }
  [[nodiscard]] std::string_view root() const override { return {}; }
  [[nodiscard]] std::string_view fingerprint() const override { return {}; }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_chunks; }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override;
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override;

 private:
  std::vector<model::Record> m_records;
  model::Metadata m_metadata;
  std::vector<model::ChunkInfo> m_chunks;
  std::vector<std::size_t> m_firsts;  ///< index of each chunk's first record
};

/// Does to keys in memory what a Redis does with the commands that such writes become.
class MemorySink final : public model::KeySink {
 public:
  struct Written {
    std::string key;
    model::LoadStage stage;
  };

  Result<void> write(const model::KeyWrite& write) override;
  /// Every key in byte order, values in a Redis's order.
  [[nodiscard]] Keys keys() const;
  /// All writes, in order.
  [[nodiscard]] const std::vector<Written>& written() const { return m_written; }

 private:
  struct Value {
    model::RedisType type = model::RedisType::string;
    std::optional<Instant> expires_at;
    std::deque<std::string> sequence;            ///< string, list, stream
    std::map<std::string, std::string> by_name;  ///< set, hash, zset
  };
  static model::ItemBlock items_of(const Value& value);

  std::map<std::string, Value> m_values;
  std::vector<Written> m_written;
};

[[nodiscard]] model::ItemBlock block_of(const std::vector<std::string>& items);
[[nodiscard]] model::MemoryKeyspace::Key key_of(std::string name, model::RedisType type,
                                                const std::vector<std::string>& items,
                                                std::optional<Instant> expires_at = std::nullopt);

/// One line for each key, with bytes escaped: what a failing comparison prints.
[[nodiscard]] std::string describe(const model::Keyspace& keyspace);
[[nodiscard]] std::string describe(Keys keys);

/// Keys of all six types with names and values of any bytes, some long, some with an expiry in the far future;
/// streams have groups, consumers and pending entries.
[[nodiscard]] Keys random_keys(std::mt19937_64& random, std::size_t count);

/// The seed of a property test: QSNAP_SEED if that is set, else a new one.
[[nodiscard]] std::uint64_t property_seed();

}  // namespace qsnap::test
