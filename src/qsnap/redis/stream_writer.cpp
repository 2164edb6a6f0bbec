// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <compare>
#include <iterator>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/stream_writer.hpp>

namespace qsnap::redis {

namespace {

using model::StreamTuple;
namespace tag = model::stream_tag;

struct StreamId {
  std::uint64_t ms = 0;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty() || text.size() > std::numeric_limits<std::uint64_t>::digits10 + 1) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (c < '0' || c > '9' || value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

Result<StreamId> parse_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto ms = parse_unsigned(text.substr(0, dash));
  const auto sequence = dash == std::string_view::npos ? std::nullopt : parse_unsigned(text.substr(dash + 1));
  if (!ms || !sequence) {
    return make_error(ErrorCode::corrupt, fmt::format("{} is no id of a stream entry", text));
  }
  return StreamId{*ms, *sequence};
}

std::string to_text(StreamId id) {
  return fmt::format("{}-{}", id.ms, id.sequence);
}

/// Redis adds a pending entry only for an entry that exists, so entries that were deleted while they were pending
/// exist for a while as placeholders; and it takes entries in the order of their ids only.
class StreamWriter {
 public:
  StreamWriter(WriteQueue& queue, std::string_view key, std::size_t blocks, const BlockAccess& block)
      : m_queue(queue), m_key(key), m_blocks(blocks), m_block(block) {}

  Result<void> write() {
    QSNAP_TRY(for_each_tuple([&](const StreamTuple& tuple) { return survey(tuple); }));
    if (m_last_id.empty()) {
      return make_error(ErrorCode::corrupt, fmt::format("stream {} has no meta tuple", m_key));
    }
    choose_placeholders();
    QSNAP_TRY(for_each_tuple([&](const StreamTuple& tuple) { return write_entry(tuple); }));
    QSNAP_TRY(write_placeholders(std::nullopt));
    QSNAP_TRY(for_each_tuple([&](const StreamTuple& tuple) { return write_group_state(tuple); }));
    QSNAP_TRY(remove_placeholders());
    return send({"XSETID", m_key, m_last_id, "ENTRIESADDED", m_entries_added, "MAXDELETEDID", m_max_deleted});
  }

 private:
  template <class Visit>
  Result<void> for_each_tuple(const Visit& visit) {
    for (std::size_t i = 0; i < m_blocks; ++i) {
      QSNAP_ASSIGN(const model::ItemBlock block, m_block(i));
      QSNAP_ASSIGN(const std::vector<StreamTuple> tuples, model::stream_tuples(block));
      for (const StreamTuple& tuple : tuples) {
        QSNAP_TRY(visit(tuple));
      }
    }
    return {};
  }

  Result<void> send(const Command& command) { return m_queue.send(m_key, command); }

  [[nodiscard]] Error bad_tuple(const StreamTuple& tuple) const {
    return make_error(ErrorCode::corrupt, fmt::format("stream {} has a bad tuple {}", m_key, tuple.front()));
  }

  /// First pass: the ids, and the shape of every tuple.
  Result<void> survey(const StreamTuple& tuple) {
    const std::string_view kind = tuple.front();
    const std::size_t size = tuple.size();
    if (kind == tag::k_meta && size == 4) {
      m_last_id = tuple[1];
      m_entries_added = tuple[2];
      m_max_deleted = tuple[3];
      return {};
    }
    if (kind == tag::k_entry && size >= 4 && size % 2 == 0) {
      QSNAP_ASSIGN(const StreamId id, parse_id(tuple[1]));
      m_entries.push_back(id);
      return {};
    }
    if (kind == tag::k_pending && size == 6) {
      QSNAP_ASSIGN(const StreamId id, parse_id(tuple[2]));
      m_pending.push_back(id);
      return {};
    }
    const bool known = (kind == tag::k_group && size == 4) || (kind == tag::k_consumer && size == 3);
    return known ? Result<void>{} : bad_tuple(tuple);
  }

  void choose_placeholders() {
    std::sort(m_pending.begin(), m_pending.end());
    m_pending.erase(std::unique(m_pending.begin(), m_pending.end()), m_pending.end());
    std::set_difference(m_pending.begin(), m_pending.end(), m_entries.begin(), m_entries.end(),
                        std::back_inserter(m_placeholders));
    m_pending = {};
    if (m_entries.empty() && m_placeholders.empty()) {  // an empty stream comes to be by losing its only entry
      m_placeholders.push_back(StreamId{0, 1});
    }
  }

  /// Those that come before `before`; all for none.
  Result<void> write_placeholders(std::optional<StreamId> before) {
    while (m_next_placeholder < m_placeholders.size() && (!before || m_placeholders[m_next_placeholder] < *before)) {
      const std::string id = to_text(m_placeholders[m_next_placeholder]);
      QSNAP_TRY(send({"XADD", m_key, id, "deleted", ""}));
      ++m_next_placeholder;
    }
    return {};
  }

  Result<void> write_entry(const StreamTuple& tuple) {
    if (tuple.front() != tag::k_entry) {
      return {};
    }
    QSNAP_ASSIGN(const StreamId id, parse_id(tuple[1]));
    QSNAP_TRY(write_placeholders(id));
    Command command{"XADD", m_key, tuple[1]};
    command.insert(command.end(), tuple.begin() + 2, tuple.end());
    return send(command);
  }

  Result<void> write_group_state(const StreamTuple& tuple) {
    const std::string_view kind = tuple.front();
    if (kind == tag::k_group) {
      Command command{"XGROUP", "CREATE", m_key, tuple[1], tuple[2]};
      if (!tuple[3].empty()) {
        command.insert(command.end(), {"ENTRIESREAD", tuple[3]});
      }
      return send(command);
    }
    if (kind == tag::k_consumer) {
      return send({"XGROUP", "CREATECONSUMER", m_key, tuple[1], tuple[2]});
    }
    if (kind == tag::k_pending) {  // JUSTID leaves the delivery count as it is told here
      return send({"XCLAIM", m_key, tuple[1], tuple[3], "0", tuple[2], "TIME", tuple[4], "RETRYCOUNT", tuple[5],
                   "FORCE", "JUSTID"});
    }
    return {};
  }

  /// XDEL would set max-deleted-id for good, and XSETID cannot set it to 0-0. Where it is 0-0, entries can only have
  /// gone from the front, by trimming.
  Result<void> remove_placeholders() {
    if (m_placeholders.empty()) {
      return {};
    }
    if (m_entries.empty()) {
      return send({"XTRIM", m_key, "MAXLEN", "0"});
    }
    if (m_max_deleted == "0-0" && m_placeholders.back() < m_entries.front()) {
      const std::string first = to_text(m_entries.front());
      return send({"XTRIM", m_key, "MINID", first});
    }
    for (const StreamId placeholder : m_placeholders) {
      const std::string id = to_text(placeholder);
      QSNAP_TRY(send({"XDEL", m_key, id}));
    }
    return {};
  }

  WriteQueue& m_queue;
  std::string_view m_key;
  std::size_t m_blocks;
  const BlockAccess& m_block;
  std::string m_last_id;
  std::string m_entries_added;
  std::string m_max_deleted;
  std::vector<StreamId> m_entries;  ///< in order: XADD takes no other
  std::vector<StreamId> m_pending;
  std::vector<StreamId> m_placeholders;
  std::size_t m_next_placeholder = 0;
};

}  // namespace

Result<void> write_stream(WriteQueue& queue, std::string_view key, std::size_t blocks, const BlockAccess& block) {
  return StreamWriter{queue, key, blocks, block}.write();
}

}  // namespace qsnap::redis
