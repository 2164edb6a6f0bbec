// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/json_peek.hpp>

namespace qsnap::frameworks {

namespace {

/// Walks over JSON text. At the end of the text every step is a no-op and front() is NUL.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : m_rest(text) {}

  /// The next character that is not white space, or NUL.
  char front() {
    const std::size_t at = m_rest.find_first_not_of(" \t\r\n");
    m_rest.remove_prefix(std::min(at, m_rest.size()));
    return m_rest.empty() ? '\0' : m_rest.front();
  }

  bool take(char wanted) {
    if (front() != wanted) {
      return false;
    }
    m_rest.remove_prefix(1);
    return true;
  }

  /// The next value with its quotes or brackets; empty when there is none.
  std::string_view value() {
    const char first = front();
    const std::string_view from = m_rest;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_nested();
    } else {
      m_rest.remove_prefix(std::min(m_rest.find_first_of(",}] \t\r\n"), m_rest.size()));
    }
    return from.substr(0, from.size() - m_rest.size());
  }

 private:
  void skip_string() {
    std::size_t at = 1;
    while (at < m_rest.size() && m_rest[at] != '"') {
      at += m_rest[at] == '\\' ? 2U : 1U;
    }
    m_rest.remove_prefix(std::min(at + 1, m_rest.size()));
  }

  void skip_nested() {
    std::size_t depth = 0;
    do {
      m_rest.remove_prefix(std::min(m_rest.find_first_of("\"{}[]"), m_rest.size()));
      const char c = m_rest.empty() ? '\0' : m_rest.front();
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') {
        ++depth;
      } else {
        --depth;
      }
      m_rest.remove_prefix(std::min<std::size_t>(1, m_rest.size()));
    } while (depth > 0 && !m_rest.empty());
  }

  std::string_view m_rest;
};

}  // namespace

bool is_json_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
}

std::optional<std::string_view> peek_member(std::string_view json, std::string_view name) {
  Scanner scanner{json};
  if (!scanner.take('{')) {
    return std::nullopt;
  }
  do {
    const std::string_view member = scanner.value();
    if (!is_json_string(member) || !scanner.take(':')) {
      return std::nullopt;
    }
    const std::string_view value = scanner.value();
    if (member.substr(1, member.size() - 2) == name) {
      return value;
    }
  } while (scanner.take(','));
  return std::nullopt;
}

std::optional<std::string> peek_text(std::string_view json, std::string_view name) {
  const auto value = peek_member(json, name);
  if (!value || !is_json_string(*value)) {
    return std::nullopt;
  }
  const bool plain = value->find('\\') == std::string_view::npos;
  return plain ? std::string{value->substr(1, value->size() - 2)} : codec::json_text(*value);
}

}  // namespace qsnap::frameworks
