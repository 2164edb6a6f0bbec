// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::redis {

/// One RESP2 reply in a flat form: tokens in the order of the wire, all bytes in one arena. Reused between replies,
/// so that a capture does not allocate per element.
class Reply {
 public:
  enum class Kind : std::uint8_t { status, error, integer, bulk, nil, array };
  struct Token {
    Kind kind = Kind::nil;
    std::int64_t number = 0;  ///< integer value, or the element count of an array
    std::size_t offset = 0;   ///< bytes of status, error and bulk
    std::size_t length = 0;
  };

  [[nodiscard]] const std::vector<Token>& tokens() const { return m_tokens; }
  [[nodiscard]] std::string_view bytes(const Token& token) const {
    return std::string_view{m_arena}.substr(token.offset, token.length);
  }
  [[nodiscard]] bool is_error() const { return !m_tokens.empty() && m_tokens.front().kind == Kind::error; }
  /// The text of the first token: a status, error or bulk string.
  [[nodiscard]] std::string_view text() const {
    return m_tokens.empty() ? std::string_view{} : bytes(m_tokens.front());
  }
  [[nodiscard]] std::optional<std::int64_t> integer() const;

 private:
  friend class ReplyParser;
  std::vector<Token> m_tokens;
  std::string m_arena;
};

/// Parses RESP2 incrementally from bytes as they come. Bounded by limits.hpp: length of a bulk, number of elements,
/// depth. hiredis's own reader accepts a two-billion-element array (research: reliability.md finding 10).
class ReplyParser {
 public:
  void feed(std::string_view bytes);
  /// True when `reply` holds the next whole reply; false when more bytes are needed; redis_protocol on nonsense.
  Result<bool> next(Reply& reply);

 private:
  struct Frame {
    std::int64_t remaining = 0;
  };
  /// One line of the wire: its type character, the text behind it, its length with the line end.
  struct Line {
    char type = 0;
    std::string_view text;
    std::size_t bytes = 0;
  };
  Result<bool> parse_token(Reply& reply);
  Result<bool> parse_bulk(Reply& reply, const Line& line);
  Result<void> open_array(Reply& reply, std::string_view text);
  Result<void> add_integer(Reply& reply, std::string_view text);
  void add_token(Reply& reply, Reply::Kind kind, std::string_view bytes, std::int64_t number = 0);

  std::string m_buffer;
  std::size_t m_at = 0;       ///< parsed so far in m_buffer
  std::vector<Frame> m_open;  ///< arrays whose elements are still missing
  Reply m_partial;
  bool m_started = false;
};

}  // namespace qsnap::redis
