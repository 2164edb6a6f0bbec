// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include <qsnap/codec/secret_names.hpp>

namespace qsnap::codec {

namespace {

/// Longer names are hardly names; a bound keeps hostile texts cheap.
constexpr std::size_t k_longest_name = 128;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_filler(char c) {
  return c == '_' || c == '-' || c == '.' || c == ' ';
}
bool is_white(char c) {
  return c == ' ' || c == '\t';
}
bool in_name(char c) {
  return is_upper(c) || is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

char lower(char c) {
  return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// A listed name without what does not count.
std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (!is_filler(c)) {
      letters += lower(c);
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
    if (at == 0 || lower(name[at - 1]) != letters.back()) {
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

/// What a name in a text is followed by, before its value: quotes (also escaped ones), '=', ':' or "=>".
class ValueFinder {
 public:
  ValueFinder(std::string_view text, std::size_t name_end) : m_text(text), m_at(name_end) {}

  /// An empty span: no value follows.
  Span find() {
    const bool quoted_name = skip_quote() != '\0';
    skip_white();
    const char sign = peek();
    if (sign != '=' && sign != ':') {
      return {};
    }
    m_at += m_text.substr(m_at, 2) == "=>" ? 2U : 1U;
    const bool spaced = skip_white();
    const char quote = skip_quote();
    if (sign == ':' && !spaced && !quoted_name && quote == '\0') {
      return {};  // a:b is a key of Redis or a place in a file
    }
    return quote != '\0' ? quoted_value(quote) : bare_value();
  }

 private:
  [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

  bool skip_white() {
    const std::size_t begin = m_at;
    while (is_white(peek())) {
      ++m_at;
    }
    return m_at > begin;
  }

  /// The quote that was skipped; '\0' if there is none.
  char skip_quote() {
    std::size_t at = m_at;
    while (at < m_text.size() && m_text[at] == '\\') {
      ++at;
    }
    const char c = at < m_text.size() ? m_text[at] : '\0';
    if (c != '"' && c != '\'') {
      return '\0';
    }
    m_at = at + 1;
    return c;
  }

  [[nodiscard]] Span quoted_value(char quote) const {
    std::size_t end = m_at;
    while (end < m_text.size() && m_text[end] != quote && m_text[end] != '\n') {
      ++end;
    }
    while (end > m_at && m_text[end - 1] == '\\') {
      --end;
    }
    return {m_at, end};
  }

  /// Up to white space or what ends a value in URLs, code and lists; a header's scheme takes the next word along.
  [[nodiscard]] Span bare_value() const {
    constexpr std::array<std::string_view, 4> k_schemes = {"Bearer ", "Basic ", "Digest ", "Token "};
    std::size_t begin = m_at;
    for (const std::string_view scheme : k_schemes) {
      begin += m_text.substr(m_at).starts_with(scheme) ? scheme.size() : 0;
    }
    const std::size_t end = std::min(m_text.find_first_of(" \t\r\n,;&\"'<>(){}[]", begin), m_text.size());
    return {begin, end};
  }

  std::string_view m_text;
  std::size_t m_at;
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
    const Span value = ValueFinder{text, end}.find();
    if (value.begin < value.end) {
      found.push_back(value);
    }
  }
  return united(std::move(found));
}

}  // namespace qsnap::codec
