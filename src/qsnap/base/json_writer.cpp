// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>

namespace qsnap {

namespace {

/// What follows the backslash for each byte, or 0 if the byte needs no escape; 'u' stands for \u00xx.
constexpr std::array<char, 256> k_escape_letters = [] {
  std::array<char, 256> letters{};
  for (std::size_t control = 0; control < 0x20; ++control) {
    letters[control] = 'u';
  }
  letters['"'] = '"';
  letters['\\'] = '\\';
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  return letters;
}();

char escape_letter(char c) {
  return k_escape_letters[static_cast<unsigned char>(c)];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const char* const end = text.data() + text.size();
  for (const char* plain = text.data(); plain != end;) {
    const char* const special = std::find_if(plain, end, escape_letter);
    out.append(plain, special);
    if (special == end) {
      break;
    }
    const char letter = escape_letter(*special);
    out += '\\';
    out += letter;
    if (letter == 'u') {
      fmt::format_to(std::back_inserter(out), "{:04x}", static_cast<unsigned>(static_cast<unsigned char>(*special)));
    }
    plain = special + 1;
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_json_string(out, text);
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (const std::size_t needed = out.size() + (bytes.size() + 2) / 3 * 4; needed > out.capacity()) {
    out.reserve(needed);
  }
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= count ? digits[(group >> (18 - 6 * j)) & 0x3FU] : '=';
    }
  }
}

std::string json_bytes(std::string_view value) {
  std::string out;
  append_json_bytes(out, value);
  return out;
}

void append_json_bytes(std::string& out, std::string_view value) {
  if (is_utf8(value)) {
    if (const std::size_t needed = out.size() + value.size() + 2; needed > out.capacity()) {
      out.reserve(needed);
    }
    append_json_string(out, value);
    return;
  }
  out += R"({"$b64":")";
  append_base64(out, value);
  out += "\"}";
}

void JsonWriter::separate() {
  if (m_after_key) {
    m_after_key = false;
    return;
  }
  if (!m_has_members.empty()) {
    if (m_has_members.back()) {
      m_out += ',';
    }
    m_has_members.back() = true;
  }
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  m_out += bracket;
  m_has_members.push_back(false);
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  m_out += bracket;
  m_has_members.pop_back();
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  return open('{');
}
JsonWriter& JsonWriter::end_object() {
  return close('}');
}
JsonWriter& JsonWriter::begin_array() {
  return open('[');
}
JsonWriter& JsonWriter::end_array() {
  return close(']');
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(m_out, name);
  m_out += ':';
  m_after_key = true;
  return *this;
}

JsonWriter& JsonWriter::bytes(std::string_view value) {
  return raw(json_bytes(value));
}
JsonWriter& JsonWriter::integer(std::int64_t value) {
  return raw(fmt::format_int(value).str());
}
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  m_out += json;
  return *this;
}

}  // namespace qsnap
