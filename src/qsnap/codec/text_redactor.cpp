// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_path.hpp>
#include <qsnap/codec/text_redactor.hpp>

namespace qsnap::codec {

namespace {

/// How often JSON may stand inside a string inside JSON.
constexpr int k_most_nested = 8;

bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool looks_like_json(std::string_view text) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  text.remove_prefix(text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0);
  const auto first = std::find_if_not(text.begin(), text.end(), is_white);
  return first != text.end() && (*first == '{' || *first == '[' || *first == '"');
}

std::optional<std::uint32_t> hex_unit(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const auto digit = hex_value(c);
    if (!digit) {
      return std::nullopt;
    }
    value = value << 4U | *digit;
  }
  return digits.size() == 4 ? std::optional{value} : std::nullopt;
}

/// The text of a JSON string body in any writer's escapes. Lenient: what is no escape stands for itself, and a lone
/// surrogate for U+FFFD.
class StringDecoder {
 public:
  explicit StringDecoder(std::string_view body) : m_rest(body) {}

  std::string run() {
    while (!m_rest.empty()) {
      const std::size_t plain = std::min(m_rest.find('\\'), m_rest.size());
      m_out += m_rest.substr(0, plain);
      m_rest.remove_prefix(plain);
      if (!m_rest.empty()) {
        escape();
      }
    }
    return std::move(m_out);
  }

 private:
  void escape() {
    constexpr std::string_view k_letters = "bfnrt", k_values = "\b\f\n\r\t";
    const char letter = m_rest.size() > 1 ? m_rest[1] : '\\';
    if (const auto unit = letter == 'u' ? hex_unit(m_rest.substr(2, 4)) : std::nullopt) {
      m_rest.remove_prefix(6);
      code_point(*unit);
      return;
    }
    const std::size_t at = k_letters.find(letter);
    m_out += at == std::string_view::npos ? letter : k_values[at];
    m_rest.remove_prefix(std::min<std::size_t>(2, m_rest.size()));
  }

  void code_point(std::uint32_t unit) {
    constexpr std::uint32_t k_replacement = 0xFFFD;
    const bool high = unit >= 0xD800 && unit < 0xDC00;
    const auto low = high && m_rest.starts_with("\\u") ? hex_unit(m_rest.substr(2, 4)) : std::nullopt;
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      m_rest.remove_prefix(6);
      append_utf8(m_out, 0x10000 + ((unit - 0xD800) << 10U) + (*low - 0xDC00));
    } else {
      append_utf8(m_out, unit >= 0xD800 && unit < 0xE000 ? k_replacement : unit);
    }
  }

  std::string_view m_rest;
  std::string m_out;
};

}  // namespace

/// One pass over JSON text in any style, valid or nearly: copies everything but the strings and numbers that are
/// replaced. So white space, order and other texts stay to the byte.
class TextRedactor::Walk {
 public:
  Walk(const TextRedactor& redactor, std::string_view json, const ValuePlace& place, int depth)
      : m_redactor(redactor), m_json(json), m_place(place), m_depth(depth), m_path(place.path) {
    m_by_path = place.named != nullptr && *place.named != nullptr;
  }

  std::optional<std::string> run() {
    m_pending = at_path(Secret::no);
    while (m_at < m_json.size()) {
      step();
    }
    if (m_copied == 0) {
      return std::nullopt;
    }
    m_out += m_json.substr(m_copied);
    return std::move(m_out);
  }

 private:
  /// Whether a value is one as a whole; what lies in it inherits that.
  enum class Secret : std::uint8_t { no, by_name, by_path };

  struct Container {
    bool is_object = false;
    bool expects_name = false;
    Secret secret = Secret::no;
    std::size_t path_bytes = 0;
    std::size_t index = 0;
  };

  void step() {
    const char c = m_json[m_at];
    if (c == '"') {
      string();
    } else if (c == '{' || c == '[') {
      open(c == '{');
    } else if (c == '}' || c == ']') {
      close();
    } else if (c == ',') {
      next();
    } else if (c == '-' || is_digit(c)) {
      scalar([](char each) {
        return is_digit(each) || each == '-' || each == '+' || each == '.' || each == 'e' || each == 'E';
      });
    } else if (is_lower(c)) {
      scalar(is_lower);
    } else {
      ++m_at;
    }
  }

  void open(bool is_object) {
    if (is_object && bytes_in_base64()) {
      return;
    }
    ++m_at;
    m_open.push_back({is_object, is_object, m_pending, m_path.size(), 0});
    if (!is_object) {
      enter_element();
    }
  }

  /// {"$b64":"…"}: bytes that are not UTF-8, in our own members.
  bool bytes_in_base64() {
    constexpr std::string_view k_open = R"({"$b64":")", k_close = R"("})";
    const std::string_view rest = m_json.substr(m_at);
    const std::size_t last = rest.starts_with(k_open) ? rest.find('"', k_open.size()) : std::string_view::npos;
    const auto bytes =
        last != std::string_view::npos ? json_to_bytes(rest.substr(0, last + k_close.size())) : std::nullopt;
    if (!bytes) {
      return false;
    }
    const std::size_t begin = m_at;
    m_at += last + k_close.size();
    if (const auto replaced = value(*bytes)) {
      put(begin, json_bytes(*replaced));
    }
    return true;
  }

  void close() {
    ++m_at;
    if (!m_open.empty()) {
      m_path.resize(m_open.back().path_bytes);
      m_open.pop_back();
    }
  }

  void next() {
    ++m_at;
    if (m_open.empty()) {
      return;
    }
    Container& container = m_open.back();
    container.expects_name = container.is_object;
    if (!container.is_object) {
      ++container.index;
      enter_element();
    }
  }

  void enter_element() {
    const Container& array = m_open.back();
    if (m_by_path) {
      m_path.resize(array.path_bytes);
      fmt::format_to(std::back_inserter(m_path), "[{}]", array.index);
    }
    m_pending = at_path(array.secret);
  }

  [[nodiscard]] Secret at_path(Secret inherited) const {
    return m_by_path && inherited != Secret::by_path && (*m_place.named)(m_path) ? Secret::by_path : inherited;
  }

  void string() {
    const std::size_t begin = m_at++;
    while (m_at < m_json.size() && m_json[m_at] != '"') {
      m_at += m_json[m_at] == '\\' ? 2U : 1U;
    }
    const std::size_t end = std::min(m_at, m_json.size());
    m_at = std::min(end + 1, m_json.size());
    const std::string_view body = m_json.substr(begin + 1, end - begin - 1);
    const bool plain = body.find('\\') == std::string_view::npos;
    const std::string decoded = plain ? std::string{} : StringDecoder{body}.run();
    const std::string_view text = plain ? body : std::string_view{decoded};
    const auto replaced = !m_open.empty() && m_open.back().expects_name ? name(text) : value(text);
    if (replaced && is_utf8(*replaced)) {
      put(begin, json_string(*replaced));
    }
  }

  std::optional<std::string> name(std::string_view text) {
    Container& object = m_open.back();
    object.expects_name = false;
    m_pending = object.secret;
    if (m_place.look == Look::everything && m_pending == Secret::no && m_redactor.is_secret_name(text)) {
      m_pending = Secret::by_name;
    }
    if (m_by_path) {
      m_path.resize(object.path_bytes);
      append_path_name(m_path, text);
      m_pending = at_path(m_pending);
    }
    return m_redactor.shapes(text);
  }

  std::optional<std::string> value(std::string_view text) {
    if (m_pending != Secret::no) {
      std::string token = m_redactor.whole(text);
      return token == text ? std::nullopt : std::optional{std::move(token)};
    }
    return m_redactor.nested(text, {m_path, m_place.named, m_place.look}, m_depth);
  }

  /// Numbers and words. A rule by path takes all but null; one by name takes numbers.
  template <class Predicate>
  void scalar(Predicate belongs) {
    const std::size_t begin = m_at;
    while (m_at < m_json.size() && belongs(m_json[m_at])) {
      ++m_at;
    }
    const std::string_view text = m_json.substr(begin, m_at - begin);
    const bool number = !is_lower(text.front());
    const bool secret = m_pending == Secret::by_path ? text != "null" : m_pending == Secret::by_name && number;
    if (secret || (number && m_place.look == Look::everything && m_redactor.shapes(text))) {
      put(begin, json_string(m_redactor.whole(text)));
    }
  }

  /// Puts `text` where m_json has [begin, m_at).
  void put(std::size_t begin, std::string_view text) {
    m_out += m_json.substr(m_copied, begin - m_copied);
    m_out += text;
    m_copied = m_at;
  }

  const TextRedactor& m_redactor;
  std::string_view m_json;
  const ValuePlace& m_place;
  int m_depth;
  bool m_by_path = false;
  std::string m_path;             ///< of the value that comes next; kept up to date only where rules go by paths
  Secret m_pending = Secret::no;  ///< of the value that comes next
  std::vector<Container> m_open;
  std::size_t m_at = 0;
  std::size_t m_copied = 0;  ///< how much of m_json is in m_out; 0: nothing was replaced
  std::string m_out;
};

TextRedactor::TextRedactor(const model::RedactionRules& rules, const RedactionKey& key)
    : m_shapes(rules.shapes), m_names(rules.names), m_tokens(key) {}

std::string TextRedactor::whole(std::string_view text) const {
  return text.empty() || is_token(text) ? std::string{text} : m_tokens.token(text);
}

std::optional<std::string> TextRedactor::replace(std::string_view text, const std::vector<Span>& spans) const {
  if (spans.empty()) {
    return std::nullopt;
  }
  std::string out;
  std::size_t copied = 0;
  for (const Span span : spans) {
    out += text.substr(copied, span.begin - copied);
    out += m_tokens.token(text.substr(span.begin, span.end - span.begin));
    copied = span.end;
  }
  out += text.substr(copied);
  return out;
}

std::optional<std::string> TextRedactor::shapes(std::string_view text) const {
  return replace(text, find_shapes(text, m_shapes));
}

std::optional<std::string> TextRedactor::text(std::string_view text, Look look) const {
  if (look == Look::shapes) {
    return shapes(text);
  }
  std::vector<Span> spans = find_shapes(text, m_shapes);
  std::vector<Span> named = without_tokens(m_names.find_values(text), text);
  spans.insert(spans.end(), named.begin(), named.end());
  return replace(text, united(std::move(spans)));
}

std::optional<std::string> TextRedactor::json(std::string_view canonical, const ValuePlace& place) const {
  return Walk{*this, canonical, place, 0}.run();
}

std::optional<std::string> TextRedactor::nested(std::string_view text, const ValuePlace& place, int depth) const {
  if (place.look == Look::shapes || depth >= k_most_nested || !looks_like_json(text)) {
    return this->text(text, place.look);
  }
  auto walked = Walk{*this, text, place, depth + 1}.run();
  if (canonical_json(text)) {
    return walked;
  }
  auto read_as_text = this->text(walked ? std::string_view{*walked} : text, place.look);
  return read_as_text ? std::move(read_as_text) : std::move(walked);
}

std::optional<std::string> TextRedactor::bytes(std::string_view bytes, const ValuePlace& place) const {
  if (place.named != nullptr && *place.named && (*place.named)(place.path)) {
    std::string token = whole(bytes);
    return token == bytes ? std::nullopt : std::optional{std::move(token)};
  }
  return nested(bytes, place, 0);
}

}  // namespace qsnap::codec
