// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/stream_state.hpp>

namespace qsnap::redis {

namespace {

using Kind = Reply::Kind;

/// Few enough that Redis answers within one millisecond almost always (see read_window).
constexpr std::size_t k_pending_window = 200;
constexpr std::string_view k_pending_count = "200";

bool is_missing(const Reply& reply) {
  return reply.is_error() && reply.text().starts_with("ERR no such key");
}

std::string text_of(const Reply& reply, std::size_t map, std::string_view name) {
  const auto at = member(reply, map, name);
  return at ? scalar(reply, *at) : std::string{};
}

Result<void> check(const Reply& reply, std::string_view command) {
  if (reply.is_error()) {
    return with_context(reply_error(reply.text()), command);
  }
  return reply.tokens().front().kind == Kind::array ? Result<void>{} : unexpected_reply(command);
}

}  // namespace

Result<StreamStateReader::State> StreamStateReader::read(const KeyTable& table,
                                                         std::span<const KeyTable::Index> streams) {
  std::vector<Stream> found(streams.size());
  const auto make = [&](std::size_t i, Command& command) {
    command = {"XINFO", i % 2 == 0 ? "STREAM" : "GROUPS", table.name(streams[i / 2])};
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    Stream& stream = found[i / 2];
    return i % 2 == 0 ? take_info(stream, reply) : take_groups(stream, reply);
  };
  QSNAP_TRY(pipeline(m_connection, 2 * streams.size(), m_depth, make, take));
  State state;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (!found[i].groups.empty()) {
      QSNAP_TRY(read_groups(table.name(streams[i]), found[i]));
    }
    state.push_back(std::move(found[i].parts));
  }
  return state;
}

Result<void> StreamStateReader::take_info(Stream& stream, const Reply& reply) {
  if (is_missing(reply)) {
    return {};
  }
  QSNAP_TRY(check(reply, "XINFO STREAM"));
  const std::string last_id = text_of(reply, 0, "last-generated-id");
  std::string added = text_of(reply, 0, "entries-added");
  std::string deleted = text_of(reply, 0, "max-deleted-entry-id");
  if (last_id.empty()) {
    return unexpected_reply("XINFO STREAM");
  }
  if (added.empty()) {  // before 7.0 Redis keeps neither; these are the values that 7.0 starts with then
    added = text_of(reply, 0, "length");
    deleted = "0-0";
  }
  PartWriter meta{m_spool};
  model::push_stream_tuple(meta.block(), {model::stream_tag::k_meta, last_id, added, deleted});
  QSNAP_ASSIGN(stream.parts, meta.finish());
  return {};
}

Result<void> StreamStateReader::take_groups(Stream& stream, const Reply& reply) {
  if (is_missing(reply)) {
    return {};
  }
  QSNAP_TRY(check(reply, "XINFO GROUPS"));
  for (const std::size_t at : elements(reply, 0)) {
    Group& group = stream.groups.emplace_back();
    group.name = text_of(reply, at, "name");
    group.last_id = text_of(reply, at, "last-delivered-id");
    group.entries_read = text_of(reply, at, "entries-read");
    group.has_pending = text_of(reply, at, "pending") != "0";
    if (group.last_id.empty()) {
      return unexpected_reply("XINFO GROUPS");
    }
  }
  std::sort(stream.groups.begin(), stream.groups.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
  return {};
}

Result<void> StreamStateReader::read_groups(std::string_view key, Stream& stream) {
  PartWriter parts{m_spool};
  for (const Group& group : stream.groups) {
    model::push_stream_tuple(parts.block(),
                             {model::stream_tag::k_group, group.name, group.last_id, group.entries_read});
    QSNAP_TRY(parts.end_element());
    QSNAP_TRY(read_consumers(key, group, parts));
    if (group.has_pending) {
      QSNAP_TRY(read_pending(key, group, parts));
    }
  }
  QSNAP_ASSIGN(const std::vector<SpoolRef> written, parts.finish());
  stream.parts.insert(stream.parts.end(), written.begin(), written.end());
  return {};
}

Result<void> StreamStateReader::read_consumers(std::string_view key, const Group& group, PartWriter& parts) {
  Reply reply;
  QSNAP_TRY(m_connection.send({"XINFO", "CONSUMERS", key, group.name}));
  QSNAP_TRY(m_connection.receive(reply));
  if (is_missing(reply)) {
    return {};
  }
  QSNAP_TRY(check(reply, "XINFO CONSUMERS"));
  std::vector<std::string> names;
  for (const std::size_t at : elements(reply, 0)) {
    names.push_back(text_of(reply, at, "name"));
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    model::push_stream_tuple(parts.block(), {model::stream_tag::k_consumer, group.name, name});
    QSNAP_TRY(parts.end_element());
  }
  return {};
}

Result<void> StreamStateReader::read_pending(std::string_view key, const Group& group, PartWriter& parts) {
  std::string from = "-";
  while (true) {
    QSNAP_ASSIGN(const PendingWindow window, read_window(key, group, from));
    const Reply& reply = window.reply;
    const std::vector<std::size_t> entries = elements(reply, 0);
    for (const std::size_t at : entries) {
      const std::vector<std::size_t> cells = elements(reply, at);  // id, consumer, idle, delivery count
      if (cells.size() != 4 || reply.tokens()[cells[2]].kind != Kind::integer) {
        return unexpected_reply("XPENDING");
      }
      const std::string id = scalar(reply, cells[0]);
      const std::int64_t delivered = window.now_ms - std::max<std::int64_t>(reply.tokens()[cells[2]].number, 0);
      const std::string time = fmt::format_int(delivered).str();
      model::push_stream_tuple(parts.block(), {model::stream_tag::k_pending, group.name, id,
                                               reply.bytes(reply.tokens()[cells[1]]), time, scalar(reply, cells[3])});
      QSNAP_TRY(parts.end_element());
      from = fmt::format("({}", id);
    }
    if (entries.size() < k_pending_window) {
      return {};
    }
  }
}

/// XPENDING tells how long ago, a document wants to say when. Redis takes both TIMEs and the idle times from the same
/// clock, so where both TIMEs fall into one millisecond, every idle time in between counts from that millisecond.
Result<StreamStateReader::PendingWindow> StreamStateReader::read_window(std::string_view key, const Group& group,
                                                                        std::string_view from) {
  constexpr int k_tries = 100;
  PendingWindow window;
  Reply before;
  Reply after;
  for (int i = 0; i < k_tries; ++i) {
    QSNAP_TRY(m_connection.send({"TIME"}));
    QSNAP_TRY(m_connection.send({"XPENDING", key, group.name, from, "+", k_pending_count}));
    QSNAP_TRY(m_connection.send({"TIME"}));
    QSNAP_TRY(m_connection.receive(before));
    QSNAP_TRY(m_connection.receive(window.reply));
    QSNAP_TRY(m_connection.receive(after));
    QSNAP_TRY(check(window.reply, "XPENDING"));
    QSNAP_ASSIGN(const std::int64_t first, time_us(before));
    QSNAP_ASSIGN(const std::int64_t last, time_us(after));
    if (first / 1000 == last / 1000) {
      window.now_ms = first / 1000;
      return window;
    }
  }
  return make_error(ErrorCode::inconsistent,
                    fmt::format("the pending entries of stream {} could not be read within one millisecond", key),
                    {"try again when the server is less busy"});
}

Result<bool> StreamStateReader::same(const State& a, const State& b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].size() != b[i].size()) {
      return false;
    }
    for (std::size_t part = 0; part < a[i].size(); ++part) {
      QSNAP_ASSIGN(const std::string left, m_spool.read(a[i][part]));
      QSNAP_ASSIGN(const std::string right, m_spool.read(b[i][part]));
      if (left != right) {
        return false;
      }
    }
  }
  return true;
}

std::vector<KeyTable::Index> streams_of(const KeyTable& table) {
  std::vector<KeyTable::Index> streams;
  for (KeyTable::Index i = 0; i < table.size(); ++i) {
    if (table.is_stream(i)) {
      streams.push_back(i);
    }
  }
  return streams;
}

void set_stream_state(KeyTable& table, std::span<const KeyTable::Index> streams, StreamStateReader::State state) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (state[i].empty()) {
      table.set_absent(streams[i]);
    } else {
      table.set_stream_state(streams[i], std::move(state[i]));
    }
  }
}

}  // namespace qsnap::redis
