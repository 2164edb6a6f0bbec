// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <qsnap/base/spool.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_image.hpp>

namespace qsnap::redis {

/// Reads what tracking does not tell of streams: ids and counters, groups, consumers and pending entries, with the
/// absolute delivery times that XPENDING does not say.
class StreamStateReader {
 public:
  StreamStateReader(Connection& connection, Spool& spool, std::size_t depth)
      : m_connection(connection), m_spool(spool), m_depth(depth) {}

  /// For each of these keys the parts for KeyTable::set_stream_state; none where the stream is not there any more.
  using State = std::vector<std::vector<SpoolRef>>;
  Result<State> read(const KeyTable& table, std::span<const KeyTable::Index> streams);
  /// Whether two reads brought the same bytes.
  Result<bool> same(const State& a, const State& b);

 private:
  struct Group {
    std::string name;
    std::string last_id;
    std::string entries_read;  ///< empty where Redis does not know it
    bool has_pending = false;
  };
  struct Stream {
    std::vector<SpoolRef> parts;
    std::vector<Group> groups;
  };
  Result<void> take_info(Stream& stream, const Reply& reply);
  static Result<void> take_groups(Stream& stream, const Reply& reply);
  Result<void> read_groups(std::string_view key, Stream& stream);
  Result<void> read_consumers(std::string_view key, const Group& group, PartWriter& parts);
  Result<void> read_pending(std::string_view key, const Group& group, PartWriter& parts);
  struct PendingWindow {
    Reply reply;
    std::int64_t now_ms = 0;  ///< the instant that its idle times count back from
  };
  Result<PendingWindow> read_window(std::string_view key, const Group& group, std::string_view from);

  Connection& m_connection;  ///< not owned
  Spool& m_spool;            ///< not owned
  std::size_t m_depth;
};

/// The keys that are streams, as far as they have been read.
[[nodiscard]] std::vector<KeyTable::Index> streams_of(const KeyTable& table);
/// Puts what was read where it belongs; a stream that is not there any more becomes absent.
void set_stream_state(KeyTable& table, std::span<const KeyTable::Index> streams, StreamStateReader::State state);

}  // namespace qsnap::redis
