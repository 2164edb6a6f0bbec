// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/value_reading.hpp>

namespace qsnap::redis {

namespace {

using model::RedisType;
using Kind = Reply::Kind;

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

}  // namespace

bool ValueReading::may_ask() const {
  const bool by_rank = m_type == RedisType::list || m_type == RedisType::zset;
  return m_in_flight == 0 || (by_rank && m_in_flight < m_windows.size());
}

void ValueReading::command(std::string_view key, Command& command) {
  m_windows.at(m_in_flight++) = m_window;
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
      m_rank += m_window;
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
  const std::size_t window = m_windows.front();
  std::shift_left(m_windows.begin(), m_windows.end(), 1);
  --m_in_flight;
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
      return take_entries(reply, window);
    default:
      return take_ranks(reply, window);
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

Result<ValueReading::Step> ValueReading::take_ranks(const Reply& reply, std::size_t window) {
  const auto& tokens = reply.tokens();
  const std::size_t width = m_type == RedisType::zset ? 2 : 1;
  const std::size_t items = tokens.size() - 1;
  if (tokens.front().kind != Kind::array || items % width != 0 || items / width > window) {
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
  m_elements += count;
  adapt_window(count, bytes);
  if (count == window) {
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
  m_elements += (tokens.size() - 3) / width;
  for (std::size_t i = 3; i < tokens.size(); i += width) {
    QSNAP_TRY(m_sorted.add(bulk(reply, i), bulk(reply, i + width - 1)));
  }
  m_from = bulk(reply, 1);
  if (m_from != "0") {
    return Step::more;
  }
  return m_sorted.empty() ? Step::absent : Step::done;
}

Result<ValueReading::Step> ValueReading::take_entries(const Reply& reply, std::size_t window) {
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
  m_elements += count;
  adapt_window(count, bytes);
  return count < window ? Step::done : Step::more;
}

void ValueReading::adapt_window(std::size_t elements, std::size_t bytes) {
  const std::size_t each = elements == 0 ? 1 : bytes / elements + 1;
  m_window = std::clamp<std::size_t>(k_window_bytes / each, 1, k_window_max);
}

Result<std::vector<SpoolRef>> ValueReading::finish() {
  const bool sorted = m_type == RedisType::hash || m_type == RedisType::set;
  return sorted ? m_sorted.finish() : m_parts.finish();
}

}  // namespace qsnap::redis
