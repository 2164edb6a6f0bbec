// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include <qsnap/base/ascii.hpp>
#include <qsnap/codec/secret_names.hpp>

namespace qsnap::codec {

namespace {

/// Longer names are hardly names; a bound keeps hostile texts cheap.
constexpr std::size_t k_longest_name = 128;

bool is_filler(char c) {
  return c == '_' || c == '-' || c == '.' || c == ' ';
}
bool is_white(char c) {
  return c == ' ' || c == '\t';
}
bool in_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

/// A listed name without what does not count.
std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (!is_filler(c)) {
      letters += to_lower(c);
    }
  }
  return letters;
}

/// Where in `name` its ending begins that is `letters`; absent if it ends in another way. From the back, because most
/// names differ in their last letter.
std::optional<std::size_t> ending(std::string_view name, std::string_view letters) {
  std::size_t at = name.size();
  while (!letters.empty()) {
    while (at > 0 && is_filler(name[at - 1])) {
      --at;
    }
    if (at == 0 || to_lower(name[at - 1]) != letters.back()) {
      return std::nullopt;
    }
    letters.remove_suffix(1);
    --at;
  }
  return at;
}

bool begins_word(std::string_view name, std::size_t at) {
  return at == 0 || is_filler(name[at - 1]) || (is_upper(name[at]) && !is_upper(name[at - 1]));
}

/// Where runs of characters end, none of which is one of `stops`. Remembers the last run: a hostile text has many names
/// in one run, and looking for its end from each of them would take quadratic time.
class RunEnds {
 public:
  RunEnds(std::string_view text, std::string_view stops) : m_text(text), m_stops(stops) {}

  /// REQUIRES: calls with growing `begin`
  std::size_t end_of(std::size_t begin) {
    if (begin >= m_end) {
      m_end = std::min(m_text.find_first_of(m_stops, begin), m_text.size());
    }
    return m_end;
  }

 private:
  std::string_view m_text;
  std::string_view m_stops;
  std::size_t m_end = 0;
};

/// Headers whose values are several words.
bool is_header(std::string_view name) {
  constexpr std::array<std::string_view, 2> k_headers = {"authorization", "cookie"};
  return std::any_of(k_headers.begin(), k_headers.end(),
                     [&](std::string_view header) { return ending(name, header).has_value(); });
}

/// What names in a text are followed by, before their values: quotes (also escaped ones), '=', ':', "==", ":=" or "=>".
class ValueFinder {
 public:
  explicit ValueFinder(std::string_view text)
      : m_text(text), m_bare_ends(text, " \t\r\n,;&\"'<>(){}[]"), m_line_ends(text, "\r\n\"'") {}

  /// The value of the name in [begin, end). An empty span: none follows. REQUIRES: calls with growing places
  Span find(std::size_t begin, std::size_t end) {
    m_at = end;
    const bool quoted_name = skip_quote().mark != '\0';
    skip_white();
    char sign = peek();
    if (sign != '=' && sign != ':') {
      return {};
    }
    for (++m_at; peek() == '=' || peek() == '>'; ++m_at) {
      sign = '=';
    }
    const bool spaced = skip_white();
    skip_literal_prefix();
    const Quote quote = skip_quote();
    if (quote.mark != '\0') {
      return quoted_value(quote);
    }
    if (sign == ':' && !spaced && !quoted_name) {
      return {};  // a:b is a key of Redis or a place in a file
    }
    skip_scheme();
    const bool is_line = sign == ':' && is_header(m_text.substr(begin, end - begin));
    return {m_at, (is_line ? m_line_ends : m_bare_ends).end_of(m_at)};
  }

 private:
  struct Quote {
    char mark = '\0';  ///< '\0': there is none
    std::size_t backslashes = 0;
  };

  [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

  bool skip_white() {
    const std::size_t begin = m_at;
    while (is_white(peek())) {
      ++m_at;
    }
    return m_at > begin;
  }

  [[nodiscard]] Quote quote_at(std::size_t at) const {
    const std::size_t begin = at;
    while (at < m_text.size() && m_text[at] == '\\') {
      ++at;
    }
    const char c = at < m_text.size() ? m_text[at] : '\0';
    return c == '"' || c == '\'' ? Quote{c, at - begin} : Quote{};
  }

  Quote skip_quote() {
    const Quote quote = quote_at(m_at);
    m_at += quote.mark == '\0' ? 0 : quote.backslashes + 1;
    return quote;
  }

  /// u'…', b'…', rb"…" of Python and C.
  void skip_literal_prefix() {
    constexpr std::size_t k_longest = 2;
    std::size_t at = m_at;
    while (at < m_text.size() && at < m_at + k_longest && is_letter(m_text[at])) {
      ++at;
    }
    m_at = quote_at(at).mark == '\0' ? m_at : at;
  }

  /// Up to a quote like the first one that is not escaped. Where the quotes themselves are escaped, each backslash of
  /// the value stands for several.
  [[nodiscard]] Span quoted_value(Quote quote) const {
    const std::size_t period = 2 * (quote.backslashes + 1);
    std::size_t backslashes = 0;
    std::size_t end = m_at;
    for (; end < m_text.size() && m_text[end] != '\n'; ++end) {
      if (m_text[end] == quote.mark && (backslashes < quote.backslashes || backslashes % period == quote.backslashes)) {
        break;
      }
      backslashes = m_text[end] == '\\' ? backslashes + 1 : 0;
    }
    return {m_at, end - std::min(end - m_at, backslashes)};
  }

  /// Of a header: no part of the secret.
  void skip_scheme() {
    constexpr std::array<std::string_view, 4> k_schemes = {"bearer ", "basic ", "digest ", "token "};
    for (const std::string_view scheme : k_schemes) {
      const std::string_view word = m_text.substr(m_at, scheme.size());
      const bool same = std::equal(word.begin(), word.end(), scheme.begin(), scheme.end(),
                                   [](char a, char b) { return to_lower(a) == b; });
      m_at += same ? scheme.size() : 0;
    }
  }

  std::string_view m_text;
  RunEnds m_bare_ends;  ///< white space, and what ends a value in URLs, code and lists
  RunEnds m_line_ends;
  std::size_t m_at = 0;
};

}  // namespace

SecretNames::SecretNames(std::span<const std::string> names) {
  for (const std::string& name : names) {
    if (std::string letters = plain(name); !letters.empty()) {
      m_names.push_back(std::move(letters));
    }
  }
}

bool SecretNames::contains(std::string_view name) const {
  constexpr std::size_t k_short = 5;
  if (m_names.empty() || name.size() > k_longest_name) {
    return false;
  }
  return std::any_of(m_names.begin(), m_names.end(), [&](const std::string& secret) {
    const auto begin = ending(name, secret);
    return begin && (secret.size() >= k_short || begins_word(name, *begin));
  });
}

std::vector<Span> SecretNames::find_values(std::string_view text) const {
  std::vector<Span> found;
  if (m_names.empty()) {
    return found;
  }
  ValueFinder values{text};
  for (std::size_t at = text.find_first_of("=:"); at != std::string_view::npos; at = text.find_first_of("=:", at + 1)) {
    std::size_t end = at;
    while (end > 0 &&
           (is_white(text[end - 1]) || text[end - 1] == '"' || text[end - 1] == '\'' || text[end - 1] == '\\')) {
      --end;
    }
    std::size_t begin = end;
    while (begin > 0 && end - begin <= k_longest_name && in_name(text[begin - 1])) {
      --begin;
    }
    if (begin == end || !contains(text.substr(begin, end - begin))) {
      continue;
    }
    const Span value = values.find(begin, end);
    if (value.begin < value.end) {
      found.push_back(value);
    }
  }
  return united(std::move(found));
}

}  // namespace qsnap::codec
