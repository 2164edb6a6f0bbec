// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// How often each key was written while captures read, over all their attempts: it names the hottest key.
using Heat = std::map<std::string, std::uint64_t, std::less<>>;

/// Hears of every write to the keys in scope: CLIENT TRACKING in broadcast mode on the reading connection,
/// redirected to a subscribed connection of its own. That both are still what they were is to be asked for in the end
/// (confirm). Not told by Redis: consumer-group commands, XSETID, SWAPDB.
class Tracking {
 public:
  /// `reader` is the connection that reads (and must live on for the tracking to stay on). Errors with
  /// `inconsistent` where the user or the server has no tracking.
  static Result<Tracking> start(const Endpoint& endpoint, Connection& reader, const std::vector<std::string>& prefixes,
                                const Progress& progress);

  /// Takes in what has arrived; does not wait. Redis cuts a subscriber off that leaves too much unread.
  Result<void> drain(Heat& heat);
  /// Waits until everything that was written before is in: before the last reply that the reader received.
  Result<void> sync(Heat& heat);

  /// Whether Redis has told of everything. A subscriber that went away is seen by sync(), but not where something in
  /// between (a proxy) answers in its place; Redis itself knows, and only TRACKINGINFO tells. Errors with
  /// `redis_unreachable` if it has not, with `inconsistent` if the user may not ask.
  Result<void> confirm(Connection& reader);

  /// The keys that were written since the last call, sorted, each once.
  [[nodiscard]] std::vector<std::string> take_dirty();
  [[nodiscard]] bool is_dirty() const { return !m_dirty.empty() || m_flushed; }
  /// FLUSHALL or FLUSHDB: nothing that was read is worth anything.
  [[nodiscard]] bool flushed() const { return m_flushed; }

 private:
  Tracking(Connection connection, std::int64_t id) : m_connection(std::move(connection)), m_id(id) {}
  /// True for the answer to PING.
  Result<bool> take_message(Heat& heat);

  Connection m_connection;
  std::int64_t m_id;  ///< Redis's number of it
  Reply m_reply;
  std::vector<std::string> m_dirty;
  std::size_t m_distinct = 0;  ///< of m_dirty when doubles were last dropped from it
  bool m_flushed = false;
};

}  // namespace qsnap::redis
