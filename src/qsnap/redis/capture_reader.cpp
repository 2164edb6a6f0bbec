// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/capture_reader.hpp>
#include <qsnap/redis/reply_walk.hpp>

namespace qsnap::redis {

namespace {

using model::RedisType;
using Kind = Reply::Kind;

/// Keys whose types are asked for before their values: enough to fill the pipeline, few enough to hear of
/// invalidations and deadlines often.
constexpr std::size_t k_batch_keys = 512;
/// Buckets that one HSCAN or SSCAN walks; small values come whole.
constexpr std::string_view k_scan_count = "512";
/// Windows of lists, sorted sets and streams grow and shrink towards this many bytes.
constexpr std::size_t k_window_bytes = 512 * limits::k_kib;
constexpr std::size_t k_window_max = 2000;

bool is_bulk(const Reply& reply, std::size_t at) {
  return at < reply.tokens().size() && reply.tokens()[at].kind == Kind::bulk;
}

std::string_view bulk(const Reply& reply, std::size_t at) {
  return reply.bytes(reply.tokens()[at]);
}

std::string next_stream_id(std::string_view last) {
  return fmt::format("({}", last);
}

Error cannot_read(std::string_view name, Error error) {
  return with_context(std::move(error), fmt::format("reading key {}", name));
}

}  // namespace

void ValueReading::command(std::string_view key, Command& command) {
  command.clear();
  m_count = fmt::format_int(m_window).str();
  switch (m_type) {
    case RedisType::string:
      command = {"GET", key};
      break;
    case RedisType::hash:
    case RedisType::set:
      m_from = m_from.empty() ? "0" : m_from;
      command = {m_type == RedisType::hash ? "HSCAN" : "SSCAN", key, m_from, "COUNT", k_scan_count};
      break;
    case RedisType::list:
    case RedisType::zset:
      m_from = fmt::format_int(m_rank).str();
      m_to = fmt::format_int(m_rank + m_window - 1).str();
      command = {m_type == RedisType::list ? "LRANGE" : "ZRANGE", key, m_from, m_to};
      if (m_type == RedisType::zset) {
        command.push_back("WITHSCORES");
      }
      break;
    case RedisType::stream:
      m_from = m_from.empty() ? "-" : m_from;
      command = {"XRANGE", key, m_from, "+", "COUNT", m_count};
      break;
  }
}

Result<ValueReading::Step> ValueReading::take(const Reply& reply) {
  if (reply.is_error()) {
    if (reply.text().starts_with("WRONGTYPE")) {
      return Step::absent;
    }
    return reply_error(reply.text());
  }
  switch (m_type) {
    case RedisType::string:
      return take_string(reply);
    case RedisType::hash:
    case RedisType::set:
      return take_scan(reply);
    case RedisType::stream:
      return take_entries(reply);
    default:
      return take_ranks(reply);
  }
}

Result<ValueReading::Step> ValueReading::take_string(const Reply& reply) {
  const Kind kind = reply.tokens().front().kind;
  if (kind == Kind::nil) {
    return Step::absent;
  }
  if (kind != Kind::bulk) {
    return unexpected_reply("GET");
  }
  m_parts.block().push(reply.text());
  QSNAP_TRY(m_parts.end_element());
  return Step::done;
}

Result<ValueReading::Step> ValueReading::take_ranks(const Reply& reply) {
  const auto& tokens = reply.tokens();
  const std::size_t width = m_type == RedisType::zset ? 2 : 1;
  const std::size_t items = tokens.size() - 1;
  if (tokens.front().kind != Kind::array || items % width != 0 || items / width > m_window) {
    return unexpected_reply(m_type == RedisType::zset ? "ZRANGE" : "LRANGE");
  }
  std::size_t bytes = 0;
  for (std::size_t i = 1; i < tokens.size(); i += width) {
    bytes += tokens[i].length;
    m_parts.block().push(bulk(reply, i));
    if (width == 2) {
      const auto score = parse_double(bulk(reply, i + 1));
      if (!score) {
        return unexpected_reply("ZRANGE");
      }
      m_parts.block().push(format_double(*score));
    }
    QSNAP_TRY(m_parts.end_element());
  }
  const std::size_t count = items / width;
  const bool last = count < m_window;
  m_elements += count;
  m_rank += count;
  adapt_window(count, bytes);
  if (!last) {
    return Step::more;
  }
  return m_elements == 0 ? Step::absent : Step::done;  // Redis keeps no empty lists and sets
}

Result<ValueReading::Step> ValueReading::take_scan(const Reply& reply) {
  const auto& tokens = reply.tokens();
  if (tokens.size() < 3 || tokens[0].kind != Kind::array || tokens[0].number != 2 || !is_bulk(reply, 1) ||
      tokens[2].kind != Kind::array) {
    return unexpected_reply("HSCAN or SSCAN");
  }
  const std::size_t width = m_type == RedisType::hash ? 2 : 1;
  if ((tokens.size() - 3) % width != 0) {
    return unexpected_reply("HSCAN");
  }
  for (std::size_t i = 3; i < tokens.size(); ++i) {
    m_gathered.push(bulk(reply, i));
  }
  m_from = bulk(reply, 1);
  if (m_from != "0") {
    return Step::more;
  }
  if (m_gathered.empty()) {
    return Step::absent;
  }
  QSNAP_TRY(sort_gathered());
  return Step::done;
}

Result<void> ValueReading::sort_gathered() {
  using Element = std::pair<std::string_view, std::string_view>;
  const std::size_t width = m_type == RedisType::hash ? 2 : 1;
  std::vector<Element> sorted;
  sorted.reserve(m_gathered.size() / width);
  for (std::size_t i = 0; i < m_gathered.size(); i += width) {
    sorted.emplace_back(m_gathered[i], m_gathered[i + width - 1]);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto same_name = [](const Element& a, const Element& b) { return a.first == b.first; };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same_name), sorted.end());
  for (const auto& [name, value] : sorted) {
    m_parts.block().push(name);
    if (width == 2) {
      m_parts.block().push(value);
    }
    QSNAP_TRY(m_parts.end_element());
  }
  return {};
}

Result<ValueReading::Step> ValueReading::take_entries(const Reply& reply) {
  const auto& tokens = reply.tokens();
  if (tokens.front().kind != Kind::array) {
    return unexpected_reply("XRANGE");
  }
  const auto count = static_cast<std::size_t>(tokens.front().number);
  std::size_t bytes = 0;
  model::StreamTuple tuple;
  std::size_t at = 1;
  for (std::size_t i = 0; i < count; ++i) {  // each entry is [id, [field, value…]]
    if (at + 2 >= tokens.size() || tokens[at].number != 2 || !is_bulk(reply, at + 1) ||
        tokens[at + 2].kind != Kind::array) {
      return unexpected_reply("XRANGE");
    }
    const std::size_t end = behind(reply, at);
    tuple.assign({model::stream_tag::k_entry, bulk(reply, at + 1)});
    for (std::size_t field = at + 3; field < end; ++field) {
      bytes += tokens[field].length;
      tuple.push_back(bulk(reply, field));
    }
    m_from = next_stream_id(bulk(reply, at + 1));
    model::push_stream_tuple(m_parts.block(), tuple);
    QSNAP_TRY(m_parts.end_element());
    at = end;
  }
  const bool last = count < m_window;
  adapt_window(count, bytes);
  return last ? Step::done : Step::more;
}

void ValueReading::adapt_window(std::size_t elements, std::size_t bytes) {
  const std::size_t each = elements == 0 ? 1 : bytes / elements + 1;
  m_window = std::clamp<std::size_t>(k_window_bytes / each, 1, k_window_max);
}

Result<std::vector<SpoolRef>> ValueReading::finish() {
  return m_parts.finish();
}

Result<bool> CaptureReader::read(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between) {
  for (std::size_t done = 0; done < keys.size(); done += k_batch_keys) {
    const auto batch = keys.subspan(done, std::min(k_batch_keys, keys.size() - done));
    QSNAP_TRY(read_headers(table, batch));
    QSNAP_ASSIGN(const bool finished, read_values(table, batch, between, done));
    if (!finished) {
      return false;
    }
    QSNAP_ASSIGN(const bool go_on, between(done + batch.size()));
    if (!go_on) {
      return false;
    }
  }
  return true;
}

Result<void> CaptureReader::read_headers(const KeyTable& table, std::span<const KeyTable::Index> keys) {
  QSNAP_TRY(try_headers(table, keys));
  if (m_expiry_refused && m_absolute_expiry) {
    m_absolute_expiry = false;
    QSNAP_TRY(try_headers(table, keys));
  }
  return {};
}

Result<void> CaptureReader::try_headers(const KeyTable& table, std::span<const KeyTable::Index> keys) {
  if (!m_absolute_expiry) {
    Reply reply;
    QSNAP_TRY(m_connection.send({"TIME"}));
    QSNAP_TRY(m_connection.receive(reply));
    QSNAP_ASSIGN(const std::int64_t now, time_us(reply));
    m_now_ms = now / 1000;
  }
  m_headers.assign(keys.size(), Header{});
  const std::string_view ask_expiry = m_absolute_expiry ? "PEXPIRETIME" : "PTTL";
  const auto make = [&](std::size_t i, Command& command) {
    command = {i % 2 == 0 ? std::string_view{"TYPE"} : ask_expiry, table.name(keys[i / 2])};
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    Header& header = m_headers[i / 2];
    return i % 2 == 0 ? take_type(table.name(keys[i / 2]), header, reply) : take_expiry(header, reply);
  };
  return pipeline(m_connection, 2 * keys.size(), m_depth, make, take);
}

Result<void> CaptureReader::take_type(std::string_view name, Header& header, const Reply& reply) const {
  if (reply.is_error()) {
    return cannot_read(name, reply_error(reply.text()));
  }
  header.type = model::parse_redis_type(reply.text());
  if (!header.type && reply.text() != "none") {
    return make_error(
        ErrorCode::refused,
        fmt::format("key {} has the type {} of a Redis module, which cannot be captured", name, reply.text()),
        {"leave it out with --prefix"});
  }
  return {};
}

Result<void> CaptureReader::take_expiry(Header& header, const Reply& reply) {
  if (reply.is_error() && m_absolute_expiry) {  // before 7.0, or no right for it
    m_expiry_refused = true;
    return {};
  }
  if (reply.is_error()) {
    return reply_error(reply.text());
  }
  const auto number = reply.integer();
  if (!number) {
    return unexpected_reply("PEXPIRETIME");
  }
  if (*number < 0) {  // -1: never, -2: no such key
    return {};
  }
  constexpr std::int64_t k_second_ms = 1000;
  constexpr std::int64_t k_longest_ms = std::int64_t{1} << 53;  // Redis itself allows less; the sum must not overflow
  const std::int64_t left = std::min(*number, k_longest_ms);
  header.expires_at_ms = m_absolute_expiry ? *number : (m_now_ms + left + k_second_ms / 2) / k_second_ms * k_second_ms;
  return {};
}

Result<bool> CaptureReader::read_values(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between,
                                        std::size_t done) {
  std::vector<std::size_t> there;  // positions in the batch
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (m_headers[i].type) {
      there.push_back(i);
    } else {
      table.set_absent(keys[i]);
    }
  }
  const auto make = [&](std::size_t i, Command& command) {
    // The views that a first command holds are literals, the name and small numbers: sent before the next make().
    m_first.emplace(m_spool, *m_headers[there[i]].type);
    m_first->command(table.name(keys[there[i]]), command);
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    const Header& header = m_headers[there[i]];
    const KeyTable::Index key = keys[there[i]];
    ValueReading reading{m_spool, *header.type};
    auto step = reading.take(reply);
    if (!step) {
      return cannot_read(table.name(key), std::move(step).error());
    }
    if (*step == ValueReading::Step::more) {  // read from the start once the pipeline is empty
      large.push_back(there[i]);
      return {};
    }
    return *step == ValueReading::Step::done ? store(table, key, header, reading) : absent(table, key);
  };
  QSNAP_TRY(pipeline(m_connection, there.size(), m_depth, make, take));
  for (const std::size_t i : large) {
    QSNAP_ASSIGN(const bool finished, read_large(table, keys[i], m_headers[i], between, done));
    if (!finished) {
      return false;
    }
  }
  return true;
}

Result<void> CaptureReader::absent(KeyTable& table, KeyTable::Index key) {
  table.set_absent(key);
  return {};
}

Result<bool> CaptureReader::read_large(KeyTable& table, KeyTable::Index key, const Header& header,
                                       const Between& between, std::size_t done) {
  ValueReading reading{m_spool, *header.type};
  Command command;
  Reply reply;
  while (true) {
    reading.command(table.name(key), command);
    QSNAP_TRY(m_connection.send(command));
    QSNAP_TRY(m_connection.receive(reply));
    auto step = reading.take(reply);
    if (!step) {
      return cannot_read(table.name(key), std::move(step).error());
    }
    if (*step != ValueReading::Step::more) {
      QSNAP_TRY(*step == ValueReading::Step::done ? store(table, key, header, reading) : absent(table, key));
      return true;
    }
    QSNAP_ASSIGN(const bool go_on, between(done));
    if (!go_on) {
      return false;
    }
  }
}

Result<void> CaptureReader::store(KeyTable& table, KeyTable::Index key, const Header& header,
                                  ValueReading& reading) const {
  QSNAP_ASSIGN(std::vector<SpoolRef> parts, reading.finish());
  table.set_value(key, {*header.type, header.expires_at_ms, std::move(parts)});
  return {};
}

}  // namespace qsnap::redis
