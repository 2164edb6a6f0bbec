// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/codec/pretty_json.hpp>

namespace qsnap::codec {

namespace {

/// How many bytes the string at the front takes, with its quotes.
std::size_t string_bytes(std::string_view text) {
  std::size_t end = text.find('"', 1);
  while (end != std::string_view::npos) {
    const std::string_view body = text.substr(1, end - 1);
    const std::size_t last_other = body.find_last_not_of('\\');
    const std::size_t backslashes = body.size() - (last_other == std::string_view::npos ? 0 : last_other + 1);
    if (backslashes % 2 == 0) {
      return end + 1;
    }
    end = text.find('"', end + 1);
  }
  return text.size();
}

bool ends_scalar(char c) {
  return c == ',' || c == ']' || c == '}';
}

bool is_empty(std::string_view text) {
  return text.starts_with("{}") || text.starts_with("[]");
}

}  // namespace

void append_line_break(std::string& out, std::size_t level) {
  constexpr std::size_t k_blanks = 2, k_deepest = 20;
  out += '\n';
  out.append(std::min(level, k_deepest) * k_blanks, ' ');
}

void PrettyJson::append_some(std::string& out) {
  constexpr std::size_t k_piece = 64UL * 1024;
  const std::size_t enough = out.size() + k_piece;
  while (!at_end() && out.size() < enough) {
    append_token(out);
  }
}

void PrettyJson::append_token(std::string& out) {
  switch (m_rest.front()) {
    case '"':
      append_front(out, string_bytes(m_rest));
      break;
    case '{':
    case '[':
    case '}':
    case ']':
      append_bracket(out);
      break;
    case ',':
      append_front(out, 1);
      append_line_break(out, m_level);
      break;
    case ':':
      append_front(out, 1);
      out += ' ';
      break;
    default: {
      const auto* const end = std::find_if(m_rest.begin(), m_rest.end(), ends_scalar);
      append_front(out, static_cast<std::size_t>(end - m_rest.begin()));
    }
  }
}

void PrettyJson::append_bracket(std::string& out) {
  if (is_empty(m_rest)) {
    append_front(out, 2);
    return;
  }
  const bool opens = m_rest.front() == '{' || m_rest.front() == '[';
  if (opens) {
    append_front(out, 1);
    append_line_break(out, ++m_level);
  } else {
    append_line_break(out, --m_level);
    append_front(out, 1);
  }
}

void PrettyJson::append_front(std::string& out, std::size_t bytes) {
  out += m_rest.substr(0, bytes);
  m_rest.remove_prefix(bytes);
}

}  // namespace qsnap::codec
