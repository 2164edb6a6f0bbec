// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_image.hpp>

namespace qsnap::redis {

/// Reads one value window by window: no single command asks for more than a bounded number of elements.
/// Windows of a value that changes meanwhile do not fit together; the caller hears of the change by tracking.
class ValueReading {
 public:
  ValueReading(Spool& spool, model::RedisType type) : m_type(type), m_parts(spool) {}

  /// The next command; its views live until the next call to this object.
  void command(std::string_view key, Command& command);
  enum class Step { more, done, absent };
  /// absent: the key is not there or of another type by now. An error is one that the value's key should be named in.
  Result<Step> take(const Reply& reply);
  /// REQUIRES: the last step was done
  Result<std::vector<SpoolRef>> finish();

 private:
  Result<Step> take_string(const Reply& reply);
  Result<Step> take_ranks(const Reply& reply);
  Result<Step> take_scan(const Reply& reply);
  Result<Step> take_entries(const Reply& reply);
  Result<void> sort_gathered();
  void adapt_window(std::size_t elements, std::size_t bytes);

  model::RedisType m_type;
  PartWriter m_parts;
  model::ItemBlock m_gathered;  ///< hashes and sets: SCAN's order and doubles, until sorted
  std::string m_from{};         ///< the next rank, cursor or id, as text
  std::string m_to;
  std::uint64_t m_rank = 0;
  std::size_t m_elements = 0;
  std::size_t m_window = k_first_window;
  std::string m_count;

  static constexpr std::size_t k_first_window = 100;
};

/// Reads keys of any type, pipelined, into a KeyTable and its spool.
class CaptureReader {
 public:
  CaptureReader(Connection& connection, Spool& spool, std::size_t depth)
      : m_connection(connection), m_spool(spool), m_depth(depth) {}

  /// Called between batches with the number of keys read so far; false: stop here.
  using Between = std::function<Result<bool>(std::size_t)>;
  /// False when `between` stopped it. Keys that are not there become absent.
  Result<bool> read(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between);

 private:
  struct Header {
    std::optional<model::RedisType> type;  ///< absent: there is no such key
    std::int64_t expires_at_ms = KeyTable::k_no_expiry;
  };
  Result<void> read_headers(const KeyTable& table, std::span<const KeyTable::Index> keys);
  Result<void> try_headers(const KeyTable& table, std::span<const KeyTable::Index> keys);
  Result<void> take_type(std::string_view name, Header& header, const Reply& reply) const;
  Result<void> take_expiry(Header& header, const Reply& reply);
  Result<bool> read_values(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between,
                           std::size_t done);
  Result<bool> read_large(KeyTable& table, KeyTable::Index key, const Header& header, const Between& between,
                          std::size_t done);
  Result<void> store(KeyTable& table, KeyTable::Index key, const Header& header, ValueReading& reading) const;

  static Result<void> absent(KeyTable& table, KeyTable::Index key);

  Connection& m_connection;  ///< not owned
  Spool& m_spool;            ///< not owned
  std::size_t m_depth;
  std::optional<ValueReading> m_first;  ///< keeps the views of the command that is being sent
  std::vector<Header> m_headers;        ///< of the batch that is being read
  bool m_absolute_expiry = true;        ///< PEXPIRETIME, from Redis 7.0 on; else PTTL and TIME, rounded to a second
  bool m_expiry_refused = false;
  std::int64_t m_now_ms = 0;
};

}  // namespace qsnap::redis
