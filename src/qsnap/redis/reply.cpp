// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/redis/reply.hpp>

namespace qsnap::redis {

namespace {

/// Status, error and length lines; Redis's own are far shorter.
constexpr std::size_t k_line_bytes = 64 * limits::k_kib;
/// One whole reply: two of the largest values there can be.
constexpr std::size_t k_reply_bytes = 2 * limits::k_reply_bulk_bytes;
/// Consumed bytes are moved out of the way only once they are many, so that no byte is moved often.
constexpr std::size_t k_compact_bytes = 64 * limits::k_kib;

Error nonsense(std::string_view what) {
  return make_error(ErrorCode::redis_protocol, fmt::format("not a valid Redis reply: {}", what),
                    {"is the address that of a Redis server without TLS?"});
}

}  // namespace

std::optional<std::int64_t> Reply::integer() const {
  if (m_tokens.empty() || m_tokens.front().kind != Kind::integer) {
    return std::nullopt;
  }
  return m_tokens.front().number;
}

void ReplyParser::feed(std::string_view bytes) {
  if (m_at == m_buffer.size()) {
    m_buffer.clear();
    m_at = 0;
  } else if (m_at > k_compact_bytes && m_at > m_buffer.size() / 2) {
    m_buffer.erase(0, m_at);
    m_at = 0;
  }
  m_buffer += bytes;
}

Result<bool> ReplyParser::next(Reply& reply) {
  if (!m_started) {
    m_partial.m_tokens.clear();
    m_partial.m_arena.clear();
    m_open.clear();
    m_started = true;
  }
  while (true) {
    QSNAP_ASSIGN(const bool parsed, parse_token(m_partial));
    if (!parsed) {
      return false;
    }
    while (!m_open.empty() && m_open.back().remaining == 0) {
      m_open.pop_back();
    }
    if (m_open.empty()) {
      std::swap(reply, m_partial);
      m_started = false;
      return true;
    }
  }
}

Result<bool> ReplyParser::parse_token(Reply& reply) {
  const std::string_view rest = std::string_view{m_buffer}.substr(m_at);
  const std::size_t end = rest.substr(0, k_line_bytes).find("\r\n");
  if (end == std::string_view::npos) {
    if (rest.size() >= k_line_bytes) {
      return nonsense("a line is too long");
    }
    return false;
  }
  if (end == 0) {
    return nonsense("an empty line");
  }
  if (reply.m_tokens.size() >= limits::k_reply_elements) {
    return nonsense("too many elements");
  }
  const Line line{rest.front(), rest.substr(1, end - 1), end + 2};
  switch (line.type) {
    case '+':
    case '-':
      add_token(reply, line.type == '+' ? Reply::Kind::status : Reply::Kind::error, line.text);
      break;
    case ':':
      QSNAP_TRY(add_integer(reply, line.text));
      break;
    case '$':
      return parse_bulk(reply, line);
    case '*':
      QSNAP_TRY(open_array(reply, line.text));
      break;
    default:
      return nonsense("an unknown type");
  }
  m_at += line.bytes;
  return true;
}

void ReplyParser::add_token(Reply& reply, Reply::Kind kind, std::string_view bytes, std::int64_t number) {
  reply.m_tokens.push_back({kind, number, reply.m_arena.size(), bytes.size()});
  reply.m_arena += bytes;
  if (!m_open.empty()) {
    --m_open.back().remaining;
  }
}

Result<void> ReplyParser::add_integer(Reply& reply, std::string_view text) {
  const auto number = parse_integer(text);
  if (!number) {
    return nonsense("a bad integer");
  }
  add_token(reply, Reply::Kind::integer, {}, *number);
  return {};
}

Result<bool> ReplyParser::parse_bulk(Reply& reply, const Line& line) {
  const auto length = parse_integer(line.text);
  if (!length || *length < -1) {
    return nonsense("a bad length of a string");
  }
  if (*length == -1) {
    add_token(reply, Reply::Kind::nil, {});
    m_at += line.bytes;
    return true;
  }
  const auto bytes = static_cast<std::size_t>(*length);
  if (bytes > limits::k_reply_bulk_bytes || reply.m_arena.size() > k_reply_bytes - bytes) {
    return nonsense("a string is too long");
  }
  const std::string_view rest = std::string_view{m_buffer}.substr(m_at + line.bytes);
  if (rest.size() < bytes + 2) {
    return false;
  }
  if (rest.substr(bytes, 2) != "\r\n") {
    return nonsense("a string is longer than announced");
  }
  add_token(reply, Reply::Kind::bulk, rest.substr(0, bytes));
  m_at += line.bytes + bytes + 2;
  return true;
}

Result<void> ReplyParser::open_array(Reply& reply, std::string_view text) {
  const auto count = parse_integer(text);
  if (!count || *count < -1 || *count > static_cast<std::int64_t>(limits::k_reply_elements)) {
    return nonsense("a bad number of elements");
  }
  if (*count == -1) {
    add_token(reply, Reply::Kind::nil, {});
    return {};
  }
  if (m_open.size() >= limits::k_reply_depth) {
    return nonsense("arrays are nested too deeply");
  }
  add_token(reply, Reply::Kind::array, {}, *count);
  m_open.push_back({*count});
  return {};
}

}  // namespace qsnap::redis
