// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <compare>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/rdb/listpack.hpp>
#include <qsnap/redis/rdb/rdb_stream.hpp>

namespace qsnap::redis {

namespace {

namespace tag = model::stream_tag;

struct StreamId {
  std::uint64_t ms = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

constexpr std::size_t k_raw_id_bytes = 16;

/// An id as the keys of Redis's radix trees have it: big-endian, so that they sort.
StreamId parse_raw_id(std::string_view raw) {
  PackedCursor cursor{raw};
  StreamId id;
  id.ms = cursor.integer(8, PackedCursor::Endian::big);
  id.sequence = cursor.integer(8, PackedCursor::Endian::big);
  return id;
}

std::string to_text(StreamId id) {
  return fmt::format("{}-{}", id.ms, id.sequence);
}

/// Numbers that Redis keeps unsigned and tells as signed ones.
std::string signed_text(std::uint64_t number) {
  return fmt::format_int(static_cast<std::int64_t>(number)).str();
}

/// One node of a stream: a first entry that is none but holds the field names most entries share, then entries whose
/// ids are told as differences to the node's (redis/src/t_stream.c).
class NodeReader {
 public:
  NodeReader(StreamId base, std::string_view listpack, PartWriter& parts)
      : m_base(base), m_walk(listpack), m_parts(parts) {}

  /// False when the node is damaged. An error is one of the spool.
  Result<bool> read() {
    const auto alive = number();
    const auto deleted = number();
    if (!alive || !deleted || !read_names()) {
      return false;
    }
    std::uint64_t found_deleted = 0;
    while (const auto flags = number()) {
      const bool is_deleted = (*flags & k_deleted) != 0;
      QSNAP_ASSIGN(const bool sound, read_entry(*flags));
      if (!sound) {
        return false;
      }
      found_deleted += is_deleted ? 1 : 0;
      m_alive += is_deleted ? 0 : 1;
    }
    return m_walk.sound() && m_alive == static_cast<std::uint64_t>(*alive) &&
           found_deleted == static_cast<std::uint64_t>(*deleted);
  }

  [[nodiscard]] std::uint64_t alive() const { return m_alive; }
  [[nodiscard]] std::optional<StreamId> first() const { return m_first; }
  [[nodiscard]] std::optional<StreamId> last() const { return m_last; }

 private:
  static constexpr std::int64_t k_deleted = 1;
  static constexpr std::int64_t k_same_fields = 2;

  std::optional<std::int64_t> number() {
    const auto item = m_walk.next();
    return item ? parse_integer(*item) : std::nullopt;
  }

  bool read_names() {
    const auto count = number();
    for (std::int64_t i = 0; count && i < *count; ++i) {
      const auto name = m_walk.next();
      if (!name) {
        return false;
      }
      m_names.push(*name);
    }
    const auto terminator = number();
    return count && terminator == 0;
  }

  Result<bool> read_entry(std::int64_t flags) {
    const auto ms = number();
    const auto sequence = number();
    const bool same_fields = (flags & k_same_fields) != 0;
    const auto fields = same_fields ? static_cast<std::int64_t>(m_names.size()) : number();
    constexpr std::int64_t k_most_fields = std::numeric_limits<std::int32_t>::max();
    if (!ms || !sequence || !fields || *fields < 1 || *fields > k_most_fields) {
      return false;
    }
    const bool keep = (flags & k_deleted) == 0;
    if (keep && !begin_tuple({m_base.ms + static_cast<std::uint64_t>(*ms),
                              m_base.sequence + static_cast<std::uint64_t>(*sequence)},
                             *fields)) {
      return false;
    }
    for (std::int64_t i = 0; i < *fields; ++i) {
      const bool sound = (same_fields ? take_name(i, keep) : take_item(keep)) && take_item(keep);
      if (!sound) {
        return false;
      }
    }
    if (!number()) {  // how many items to go back to the entry's start
      return false;
    }
    if (keep) {
      QSNAP_TRY(m_parts.end_element());
    }
    return true;
  }

  /// False for an id that is not behind the one before it.
  bool begin_tuple(StreamId id, std::int64_t fields) {
    if (m_last ? id <= *m_last : id < m_base) {
      return false;
    }
    m_first = m_first.value_or(id);
    m_last = id;
    model::ItemBlock& block = m_parts.block();
    block.push(IntegerText{}.print(2 + 2 * fields));
    block.push(tag::k_entry);
    block.push(to_text(id));
    return true;
  }

  bool take_name(std::int64_t i, bool keep) {
    if (keep) {
      m_parts.block().push(m_names[static_cast<std::size_t>(i)]);
    }
    return true;
  }

  bool take_item(bool keep) {
    const auto item = m_walk.next();
    if (item && keep) {
      m_parts.block().push(*item);
    }
    return item.has_value();
  }

  StreamId m_base;
  ListpackWalk m_walk;
  PartWriter& m_parts;
  model::ItemBlock m_names;
  std::uint64_t m_alive = 0;
  std::optional<StreamId> m_first;
  std::optional<StreamId> m_last;
};

/// An entry that was delivered to a consumer and is not acknowledged.
struct Pending {
  static constexpr std::uint32_t k_nobody = std::numeric_limits<std::uint32_t>::max();

  StreamId id;
  std::int64_t delivered_at_ms = 0;
  std::uint64_t deliveries = 0;
  std::uint32_t consumer = k_nobody;
};

/// When a consumer was seen, and since 7.2 when it was active.
std::uint64_t times_bytes(RdbType type) {
  return type == RdbType::stream_3 ? 16 : 8;
}

class StreamReader {
 public:
  StreamReader(RdbCursor& cursor, RdbType type, Spool& spool)
      : m_cursor(cursor), m_type(type), m_spool(spool), m_groups(spool) {}

  Result<RdbStream> read() {
    RdbStream stream;
    QSNAP_ASSIGN(stream.entries, read_entries());
    QSNAP_ASSIGN(stream.state, read_meta());
    QSNAP_ASSIGN(const std::uint64_t groups, m_cursor.length());
    for (std::uint64_t i = 0; i < groups; ++i) {
      QSNAP_TRY(read_group());
    }
    if (groups > 0) {
      QSNAP_ASSIGN(const std::vector<SpoolRef> parts, m_groups.finish());
      stream.state.insert(stream.state.end(), parts.begin(), parts.end());
    }
    return stream;
  }

 private:
  Result<StreamId> id() {
    StreamId id;
    QSNAP_ASSIGN(id.ms, m_cursor.length());
    QSNAP_ASSIGN(id.sequence, m_cursor.length());
    return id;
  }

  Result<StreamId> raw_id() {
    QSNAP_ASSIGN(const std::string_view raw, m_cursor.bytes(k_raw_id_bytes));
    return parse_raw_id(raw);
  }

  Result<std::vector<SpoolRef>> read_entries() {
    PartWriter parts{m_spool};
    std::optional<StreamId> last;
    QSNAP_ASSIGN(const std::uint64_t nodes, m_cursor.length());
    for (std::uint64_t i = 0; i < nodes; ++i) {
      QSNAP_ASSIGN(const std::string_view key, m_cursor.string());
      if (key.size() != k_raw_id_bytes) {
        return m_cursor.damaged("a stream node without an id");
      }
      const StreamId base = parse_raw_id(key);
      QSNAP_ASSIGN(const std::string_view listpack, m_cursor.string());
      NodeReader node{base, listpack, parts};
      QSNAP_ASSIGN(const bool sound, node.read());
      if (!sound || (last && base <= *last)) {
        return m_cursor.damaged("a stream node that is not sound");
      }
      m_length += node.alive();
      m_first = m_first ? m_first : node.first();
      last = node.last() ? node.last() : last;
    }
    m_newest = last;
    return parts.finish();
  }

  Result<std::vector<SpoolRef>> read_meta() {
    QSNAP_ASSIGN(const std::uint64_t length, m_cursor.length());
    QSNAP_ASSIGN(m_last_id, id());
    if (length != m_length || (m_newest && m_last_id < *m_newest)) {
      return m_cursor.damaged("a stream that is not as long as it says");
    }
    StreamId max_deleted;
    m_added = m_length;  // what Redis assumes where the file does not tell, as before 7.0
    if (m_type != RdbType::stream) {
      QSNAP_TRY(id());  // of the first entry
      QSNAP_ASSIGN(max_deleted, id());
      QSNAP_ASSIGN(m_added, m_cursor.length());
    }
    PartWriter meta{m_spool};
    const std::string last_id = to_text(m_last_id);
    const std::string added = signed_text(m_added);
    const std::string deleted = to_text(max_deleted);
    model::push_stream_tuple(meta.block(), {tag::k_meta, last_id, added, deleted});
    return meta.finish();
  }

  Result<void> read_group() {
    QSNAP_ASSIGN(const std::string_view name, m_cursor.string());
    if (m_group && name <= *m_group) {
      return m_cursor.damaged("consumer groups that are not sorted");
    }
    m_group = name;
    QSNAP_ASSIGN(const StreamId last_delivered, id());
    std::string entries_read = assumed_entries_read(last_delivered);
    if (m_type != RdbType::stream) {
      QSNAP_ASSIGN(const std::uint64_t number, m_cursor.length());
      entries_read = number == k_unknown ? std::string{} : signed_text(number);
    }
    const std::string id = to_text(last_delivered);
    model::push_stream_tuple(m_groups.block(), {tag::k_group, *m_group, id, entries_read});
    QSNAP_TRY(m_groups.end_element());
    QSNAP_TRY(read_pending());
    QSNAP_TRY(read_consumers());
    return write_pending();
  }

  /// What Redis takes for the counter of a group in a file from before 7.0 (streamEstimateDistanceFromFirstEverEntry
  /// for a stream whose largest deleted id is 0-0); empty where it cannot tell.
  [[nodiscard]] std::string assumed_entries_read(StreamId last_delivered) const {
    if (m_added == 0) {
      return "0";
    }
    if (last_delivered == m_last_id) {
      return signed_text(m_added);
    }
    if (last_delivered > m_last_id || !m_first || last_delivered > *m_first) {
      return {};
    }
    return last_delivered < *m_first ? "0" : "1";
  }

  Result<void> read_pending() {
    m_pending.clear();
    QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
    for (std::uint64_t i = 0; i < count; ++i) {
      Pending pending;
      QSNAP_ASSIGN(pending.id, raw_id());
      QSNAP_ASSIGN(const std::uint64_t delivered_at, m_cursor.integer(8));
      pending.delivered_at_ms = static_cast<std::int64_t>(delivered_at);
      QSNAP_ASSIGN(pending.deliveries, m_cursor.length());
      if (!m_pending.empty() && pending.id <= m_pending.back().id) {
        return m_cursor.damaged("pending entries that are not sorted");
      }
      m_pending.push_back(pending);
    }
    return {};
  }

  Result<void> read_consumers() {
    m_consumers.clear();
    QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
    for (std::uint64_t i = 0; i < count; ++i) {
      QSNAP_ASSIGN(const std::string_view name, m_cursor.string());
      if (i > 0 && name <= m_consumers[i - 1]) {
        return m_cursor.damaged("consumers that are not sorted");
      }
      m_consumers.push(name);
      model::push_stream_tuple(m_groups.block(), {tag::k_consumer, *m_group, name});
      QSNAP_TRY(m_groups.end_element());
      QSNAP_TRY(m_cursor.skip(times_bytes(m_type)));
      QSNAP_TRY(read_owned(static_cast<std::uint32_t>(i)));
    }
    return {};
  }

  /// The pending entries of one consumer, by their ids.
  Result<void> read_owned(std::uint32_t consumer) {
    QSNAP_ASSIGN(const std::uint64_t count, m_cursor.length());
    for (std::uint64_t i = 0; i < count; ++i) {
      QSNAP_ASSIGN(const StreamId wanted, raw_id());
      const auto at = std::lower_bound(m_pending.begin(), m_pending.end(), wanted,
                                       [](const Pending& pending, StreamId id) { return pending.id < id; });
      if (at == m_pending.end() || at->id != wanted || at->consumer != Pending::k_nobody) {
        return m_cursor.damaged("a consumer's pending entry that its group does not have");
      }
      at->consumer = consumer;
    }
    return {};
  }

  Result<void> write_pending() {
    for (const Pending& pending : m_pending) {
      if (pending.consumer == Pending::k_nobody) {
        return m_cursor.damaged("a pending entry of no consumer");
      }
      const std::string id = to_text(pending.id);
      const std::string at = fmt::format_int(pending.delivered_at_ms).str();
      const std::string deliveries = signed_text(pending.deliveries);
      model::push_stream_tuple(m_groups.block(),
                               {tag::k_pending, *m_group, id, m_consumers[pending.consumer], at, deliveries});
      QSNAP_TRY(m_groups.end_element());
    }
    return {};
  }

  static constexpr std::uint64_t k_unknown = std::numeric_limits<std::uint64_t>::max();

  RdbCursor& m_cursor;
  RdbType m_type;
  Spool& m_spool;
  PartWriter m_groups;
  std::uint64_t m_length = 0;  ///< entries that are not deleted
  std::uint64_t m_added = 0;
  std::optional<StreamId> m_first;   ///< of those
  std::optional<StreamId> m_newest;  ///< of those
  StreamId m_last_id;
  std::optional<std::string> m_group;  ///< the name of the group that is being read
  std::vector<Pending> m_pending;      ///< of that group, by id
  model::ItemBlock m_consumers;        ///< of that group, by name
};

Result<void> skip_lengths(RdbCursor& cursor, int count) {
  for (int i = 0; i < count; ++i) {
    QSNAP_TRY(cursor.length());
  }
  return {};
}

Result<void> skip_group(RdbCursor& cursor, RdbType type) {
  constexpr std::uint64_t k_delivered_at_bytes = 8;
  QSNAP_TRY(cursor.skip_string());
  QSNAP_TRY(skip_lengths(cursor, type == RdbType::stream ? 2 : 3));
  QSNAP_ASSIGN(const std::uint64_t pending, cursor.length());
  for (std::uint64_t i = 0; i < pending; ++i) {
    QSNAP_TRY(cursor.skip(k_raw_id_bytes + k_delivered_at_bytes));
    QSNAP_TRY(cursor.length());
  }
  QSNAP_ASSIGN(const std::uint64_t consumers, cursor.length());
  for (std::uint64_t i = 0; i < consumers; ++i) {
    QSNAP_TRY(cursor.skip_string());
    QSNAP_TRY(cursor.skip(times_bytes(type)));
    QSNAP_ASSIGN(const std::uint64_t owned, cursor.length());
    for (std::uint64_t j = 0; j < owned; ++j) {
      QSNAP_TRY(cursor.skip(k_raw_id_bytes));
    }
  }
  return {};
}

}  // namespace

Result<RdbStream> read_rdb_stream(RdbCursor& cursor, RdbType type, Spool& spool) {
  return StreamReader{cursor, type, spool}.read();
}

Result<void> skip_rdb_stream(RdbCursor& cursor, RdbType type) {
  QSNAP_ASSIGN(const std::uint64_t nodes, cursor.length());
  for (std::uint64_t i = 0; i < nodes; ++i) {
    QSNAP_TRY(cursor.skip_string());
    QSNAP_TRY(cursor.skip_string());
  }
  QSNAP_TRY(skip_lengths(cursor, type == RdbType::stream ? 3 : 8));
  QSNAP_ASSIGN(const std::uint64_t groups, cursor.length());
  for (std::uint64_t i = 0; i < groups; ++i) {
    QSNAP_TRY(skip_group(cursor, type));
  }
  return {};
}

}  // namespace qsnap::redis
