// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/escape.hpp>
#include <qsnap/report/html_text.hpp>

namespace qsnap::report {

namespace {

void append_references(std::string& out, std::string_view text) {
  constexpr std::string_view k_special = "&<>\"'";
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of(k_special), text.size());
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      return;
    }
    switch (text.front()) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += "&#39;";
    }
    text.remove_prefix(1);
  }
}

}  // namespace

Html& Html::raw(Markup markup) {
  m_out += markup.view();
  return *this;
}

Html& Html::raw(const EmbeddedFile& file) {
  m_out += file.text;
  return *this;
}

Html& Html::text(std::string_view bytes) {
  append_references(m_out, escape_terminal(bytes));
  return *this;
}

Html& Html::number(std::uint64_t value) {
  m_out += std::to_string(value);
  return *this;
}

Html& Html::append(const Html& piece) {
  m_out += piece.m_out;
  return *this;
}

std::string script_data(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (const char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace qsnap::report
