// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/sorted_elements.hpp>

namespace qsnap::redis {

/// Reads one value window by window: no single command asks for more than a bounded number of elements.
/// Windows of a value that changes meanwhile do not fit together; the caller hears of the change by tracking.
class ValueReading {
 public:
  ValueReading(Spool& spool, model::RedisType type) : m_type(type), m_parts(spool), m_sorted(spool, type) {}

  /// Whether another command may be sent before the replies to the earlier ones came: ranks are known in advance,
  /// cursors and ids are not.
  [[nodiscard]] bool may_ask() const;
  /// The next command; its views live until the next call to this object.
  void command(std::string_view key, Command& command);
  enum class Step { more, done, absent };
  /// Takes the replies in the order of the commands, until one of them says that the value is complete: then the
  /// replies that are still to come are nothing new. absent: the key is not there or of another type by now. An error
  /// is one that the value's key should be named in.
  Result<Step> take(const Reply& reply);
  /// Commands whose replies have not been taken.
  [[nodiscard]] std::size_t in_flight() const { return m_in_flight; }
  [[nodiscard]] std::size_t elements() const { return m_elements; }
  /// REQUIRES: a step was done
  Result<std::vector<SpoolRef>> finish();

 private:
  static constexpr std::size_t k_first_window = 100;
  /// Enough for the server not to wait for us; other clients may have to wait for the sum of these.
  static constexpr std::size_t k_most_in_flight = 3;

  Result<Step> take_string(const Reply& reply);
  Result<Step> take_ranks(const Reply& reply, std::size_t window);
  Result<Step> take_scan(const Reply& reply);
  Result<Step> take_entries(const Reply& reply, std::size_t window);
  void adapt_window(std::size_t elements, std::size_t bytes);

  model::RedisType m_type;
  PartWriter m_parts;
  SortedElements m_sorted;  ///< hashes and sets, which come in SCAN's order and with doubles
  std::array<std::size_t, k_most_in_flight> m_windows{};  ///< how many elements each command in flight asked for
  std::size_t m_in_flight = 0;
  std::string m_from{};  ///< the next rank, cursor or id, as text
  std::string m_to;
  std::uint64_t m_rank = 0;  ///< the first that was not asked for yet
  std::size_t m_elements = 0;
  std::size_t m_window = k_first_window;
  std::string m_count;
};

}  // namespace qsnap::redis
