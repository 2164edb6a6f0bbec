// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/canonical_text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_styles.hpp>

namespace qsnap::codec {

namespace {

/// An embedded value stands inside a record (and there in a member, a list of references, …), and the record must
/// still be within limits::k_json_depth. Deeper values are kept as text.
constexpr std::size_t k_embed_depth = limits::k_json_depth - 16;

constexpr std::string_view k_json = "json";
constexpr std::string_view k_text = "text";
constexpr std::string_view k_base64 = "base64";

/// One character of a string body, and how many bytes of text it took; 0 bytes: not canonical.
struct Unescaped {
  char value = 0;
  std::size_t bytes = 0;
};

/// The control characters that have no letter of their own: \u0000 … \u001f.
Unescaped unescape_control(std::string_view text) {
  constexpr std::string_view k_prefix = "\\u00";
  constexpr std::string_view k_with_letter = "\b\t\n\f\r";
  const auto byte = text.starts_with(k_prefix) ? from_hex(text.substr(k_prefix.size(), 2)) : std::nullopt;
  const bool control = byte && byte->size() == 1 && static_cast<unsigned char>(byte->front()) < 0x20;
  if (!control || k_with_letter.find(byte->front()) != std::string_view::npos) {
    return {};
  }
  return {byte->front(), k_prefix.size() + 2};
}

Unescaped unescape(std::string_view text) {
  constexpr std::string_view k_letters = "\"\\bfnrt";
  constexpr std::string_view k_values = "\"\\\b\f\n\r\t";
  if (text.size() < 2) {
    return {};
  }
  const std::size_t letter = k_letters.find(text[1]);
  return letter == std::string_view::npos ? unescape_control(text) : Unescaped{k_values[letter], 2};
}

bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

bool may_start_json(std::string_view bytes) {
  constexpr std::string_view k_starts = "{[\"-0123456789tfn \t\r\n";
  return !bytes.empty() && k_starts.find(bytes.front()) != std::string_view::npos;
}

/// The JSON form of `bytes` if one of the styles prints exactly them.
std::optional<Embedded> embed_json(std::string_view bytes) {
  if (!may_start_json(bytes)) {
    return std::nullopt;
  }
  if (is_canonical(bytes)) {
    return Embedded{std::string{bytes}, std::string{k_json}};
  }
  auto json = parse_to_canonical(bytes, {MemberOrder::as_found, k_embed_depth});
  if (!json) {
    return std::nullopt;
  }
  if (json->text == bytes) {
    return Embedded{std::move(json->text), std::string{k_json}};
  }
  for (const JsonStyle& style : json_styles()) {
    if (restyle(json->text, style) == bytes) {
      return Embedded{std::move(json->text), std::string{style.enc}};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> canonical_json(std::string_view text) {
  QSNAP_ASSIGN(CanonicalText json, canonicalize(text, {}));
  return std::move(json.text);
}

Result<std::string> sorted_json(std::string_view text) {
  std::string sorted;
  QSNAP_TRY(append_sorted_json(sorted, text));
  return sorted;
}

namespace {

std::vector<model::Field> fields_of(std::string_view text, std::span<const MemberSpan> spans) {
  std::vector<model::Field> members;
  members.reserve(spans.size());
  for (const MemberSpan& member : spans) {
    members.push_back(to_field(text, member));
  }
  return members;
}

std::vector<std::string> elements_of(std::string_view text, std::span<const std::size_t> begins) {
  std::vector<std::string> elements;
  elements.reserve(begins.size());
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::size_t next = i + 1 < begins.size() ? begins[i + 1] : text.size();
    elements.emplace_back(text.substr(begins[i], next - 1 - begins[i]));  // without the comma or bracket
  }
  return elements;
}

}  // namespace

Result<std::vector<model::Field>> object_members(std::string_view text) {
  if (text == "{}") {  // what is often left of a job's options
    return std::vector<model::Field>{};
  }
  if (const auto spans = canonical_spans(text); spans && text.starts_with('{')) {
    return fields_of(text, spans->members);
  }
  QSNAP_ASSIGN(const CanonicalText json, parse_to_canonical(text, {}));
  if (!json.text.starts_with('{')) {
    return make_error(ErrorCode::corrupt, "not a JSON object");
  }
  return fields_of(json.text, json.spans.members);
}

Result<std::vector<std::string>> array_elements(std::string_view text) {
  if (const auto spans = canonical_spans(text); spans && text.starts_with('[')) {
    return elements_of(text, spans->elements);
  }
  QSNAP_ASSIGN(const CanonicalText json, parse_to_canonical(text, {}));
  if (!json.text.starts_with('[')) {
    return make_error(ErrorCode::corrupt, "not a JSON array");
  }
  return elements_of(json.text, json.spans.elements);
}

std::optional<std::string> json_text(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') {
    return std::nullopt;
  }
  std::string_view rest = json.substr(1, json.size() - 2);
  std::string text;
  text.reserve(rest.size());
  while (!rest.empty()) {
    const auto special = static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), is_special) - rest.begin());
    text += rest.substr(0, special);
    rest.remove_prefix(special);
    if (rest.empty()) {
      break;
    }
    const Unescaped character = rest.front() == '\\' ? unescape(rest) : Unescaped{};
    if (character.bytes == 0) {
      return std::nullopt;
    }
    text += character.value;
    rest.remove_prefix(character.bytes);
  }
  return text;
}

std::optional<std::string> json_to_bytes(std::string_view json) {
  constexpr std::string_view k_open = R"({"$b64":")", k_close = R"("})";
  if (!json.starts_with(k_open)) {
    return json_text(json);
  }
  if (json.size() < k_open.size() + k_close.size() || !json.ends_with(k_close)) {
    return std::nullopt;
  }
  auto bytes = from_base64(json.substr(k_open.size(), json.size() - k_open.size() - k_close.size()));
  // Text has the other form, so that one byte string has one spelling.
  return bytes && !is_utf8(*bytes) ? std::move(bytes) : std::nullopt;
}

Embedded embed(std::string_view bytes) {
  if (auto embedded = embed_json(bytes)) {
    return *std::move(embedded);
  }
  return is_utf8(bytes) ? Embedded{json_string(bytes), std::string{k_text}}
                        : Embedded{json_string(to_base64(bytes)), std::string{k_base64}};
}

Result<std::string> unembed(std::string_view json, std::string_view enc) {
  if (enc == k_json) {
    return std::string{json};
  }
  if (const JsonStyle* const style = find_json_style(enc)) {
    return restyle(json, *style);
  }
  if (enc != k_text && enc != k_base64) {
    return make_error(ErrorCode::corrupt, fmt::format("unknown payload style '{}'", enc));
  }
  auto bytes = json_text(json);
  if (bytes && enc == k_base64) {
    bytes = from_base64(*bytes);
  }
  if (!bytes) {
    return make_error(ErrorCode::corrupt, fmt::format("a value of style '{}' is not a string of that form", enc));
  }
  return *std::move(bytes);
}

}  // namespace qsnap::codec
