// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/json_styles.hpp>

namespace qsnap::codec {

namespace {

constexpr std::array k_styles = {
    // enc, comma, colon, escapes "/", escapes U+007F, escapes all but ASCII, escapes for HTML
    JsonStyle{"json-py", ", ", ": ", false, true, true, false},
    JsonStyle{"json-py-compact", ",", ":", false, true, true, false},
    JsonStyle{"json-py-utf8", ", ", ": ", false, false, false, false},
    JsonStyle{"json-php", ",", ":", true, false, true, false},
    JsonStyle{"json-cjson", ",", ":", true, true, false, false},
    JsonStyle{"json-go", ",", ":", false, false, false, true},
};

constexpr char k_delete = '\x7f';

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// What encoding/json's HTMLEscape prints as \uXXXX. The line separators are the ones with this first byte.
bool is_html_escaped(char32_t point) {
  return point == '<' || point == '>' || point == '&' || point == 0x2028 || point == 0x2029;
}
bool may_be_html_escaped(char c) {
  return c == '<' || c == '>' || c == '&' || c == '\xe2';
}

void append_unicode_escape(std::string& out, char32_t unit) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(unit));
}

void append_code_point_escape(std::string& out, char32_t point) {
  constexpr char32_t k_first_beyond = 0x10000;
  if (point < k_first_beyond) {
    append_unicode_escape(out, point);
    return;
  }
  const char32_t offset = point - k_first_beyond;
  append_unicode_escape(out, 0xD800 + (offset >> 10U));
  append_unicode_escape(out, 0xDC00 + (offset & 0x3FFU));
}

/// One scan over canonical text. Plain runs are copied as a whole.
class Restyler {
 public:
  Restyler(std::string_view canonical, const JsonStyle& style) : m_rest(canonical), m_style(style) {
    m_out.reserve(canonical.size() + canonical.size() / 8);
  }

  std::string run() {
    while (!m_rest.empty()) {
      const char c = m_rest.front();
      m_rest.remove_prefix(1);
      if (c == ',') {
        m_out += m_style.comma;
      } else if (c == ':') {
        m_out += m_style.colon;
      } else {
        m_out += c;
        if (c == '"') {
          rest_of_string();
        }
      }
    }
    return std::move(m_out);
  }

 private:
  [[nodiscard]] bool is_plain(char c) const {
    return c != '"' && c != '\\' && !(m_style.escapes_slash && c == '/') &&
           !(m_style.escapes_delete && c == k_delete) && (is_ascii(c) || !m_style.escapes_non_ascii) &&
           !(m_style.escapes_html && may_be_html_escaped(c));
  }

  void take(std::size_t count) {
    m_out += m_rest.substr(0, count);
    m_rest.remove_prefix(count);
  }

  void rest_of_string() {
    while (!m_rest.empty()) {
      const auto special = std::find_if_not(m_rest.begin(), m_rest.end(), [&](char c) { return is_plain(c); });
      take(static_cast<std::size_t>(special - m_rest.begin()));
      if (m_rest.starts_with('"')) {
        take(1);
        return;
      }
      special_character();
    }
  }

  void special_character() {
    if (m_rest.starts_with('\\')) {  // an escape of canonical text: the same in every style
      take(std::min<std::size_t>(2, m_rest.size()));
      return;
    }
    if (m_rest.starts_with('/')) {
      m_out += "\\/";
      m_rest.remove_prefix(1);
      return;
    }
    const auto point = decode_utf8(m_rest);
    if (point && m_style.escapes_html && !is_html_escaped(point->value)) {
      take(point->bytes);
    } else if (point) {
      append_code_point_escape(m_out, point->value);
      m_rest.remove_prefix(point->bytes);
    } else if (!m_rest.empty()) {
      take(1);  // not UTF-8, so not canonical text: nothing to be right about
    }
  }

  std::string_view m_rest;
  const JsonStyle& m_style;
  std::string m_out;
};

}  // namespace

std::span<const JsonStyle> json_styles() {
  return k_styles;
}

const JsonStyle* find_json_style(std::string_view enc) {
  const auto* const at =
      std::find_if(k_styles.begin(), k_styles.end(), [&](const JsonStyle& s) { return s.enc == enc; });
  return at == k_styles.end() ? nullptr : at;
}

std::string restyle(std::string_view canonical, const JsonStyle& style) {
  return Restyler{canonical, style}.run();
}

}  // namespace qsnap::codec
