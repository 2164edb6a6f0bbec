// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/value_reading.hpp>

namespace qsnap::redis {

/// Reads keys of any type, pipelined, into a KeyTable and its spool. Large values come in windows when they are read
/// first; where that is quicker, they come by DUMP when they are read again, which may be while writers are paused.
class CaptureReader {
 public:
  CaptureReader(Connection& connection, Spool& spool, std::size_t depth)
      : m_connection(connection), m_spool(spool), m_depth(depth) {}

  /// Called between batches with the number of keys read so far; false: stop here.
  using Between = std::function<Result<bool>(std::size_t)>;
  /// False when `between` stopped it. Keys that are not there become absent. The table is not complete until settle().
  Result<bool> read(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between);
  /// Decodes what the last read() had by DUMP, streams with their state: that may wait until a pause is over. False
  /// when this reader does not know the form of a value: all keys of that read() have to be read again, and will come
  /// in windows then.
  Result<bool> settle(KeyTable& table);
  /// Whether the last read() had this key by DUMP.
  [[nodiscard]] bool is_unsettled(KeyTable::Index key) const;

 private:
  struct Header {
    std::optional<model::RedisType> type;  ///< absent: there is no such key
    std::int64_t expires_at_ms = KeyTable::k_no_expiry;
  };
  struct Unsettled {
    KeyTable::Index key = 0;
    std::int64_t expires_at_ms = KeyTable::k_no_expiry;
    std::string payload;
  };
  enum class Dump { allowed, refused };
  enum class Next { complete, in_windows };

  Result<void> read_headers(const KeyTable& table, std::span<const KeyTable::Index> keys);
  Result<void> try_headers(const KeyTable& table, std::span<const KeyTable::Index> keys);
  Result<void> take_type(std::string_view name, Header& header, const Reply& reply) const;
  Result<void> take_expiry(Header& header, const Reply& reply);
  Result<bool> read_values(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between,
                           std::size_t done);
  [[nodiscard]] bool dumps(KeyTable::Index key) const;
  Result<Next> take_first(KeyTable& table, KeyTable::Index key, const Header& header, ValueReading& reading,
                          const Reply& reply);
  Result<bool> read_large(KeyTable& table, KeyTable::Index key, const Header& header, const Between& between,
                          std::size_t done);
  Result<void> skip(std::size_t replies);
  static Result<void> end_value(KeyTable& table, KeyTable::Index key, const Header& header, ValueReading::Step step,
                                ValueReading& reading);

  Connection& m_connection;  ///< not owned
  Spool& m_spool;            ///< not owned
  std::size_t m_depth;
  std::vector<Header> m_headers;  ///< of the batch that is being read
  std::set<KeyTable::Index> m_dumpable;
  std::vector<Unsettled> m_unsettled;
  Dump m_dump = Dump::allowed;
  bool m_absolute_expiry = true;  ///< PEXPIRETIME, from Redis 7.0 on; else PTTL and TIME, rounded to a second
  bool m_expiry_refused = false;
  std::int64_t m_now_ms = 0;
};

/// Every key of the table, also those that are absent by now.
[[nodiscard]] std::vector<KeyTable::Index> all_keys(const KeyTable& table);

}  // namespace qsnap::redis
