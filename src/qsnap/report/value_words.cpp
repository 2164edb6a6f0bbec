// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/ref_words.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

constexpr std::int64_t k_second = 1000;
constexpr std::int64_t k_minute = 60 * k_second;
constexpr std::int64_t k_hour = 60 * k_minute;
constexpr std::int64_t k_day = 24 * k_hour;

struct Unit {
  std::int64_t milliseconds;
  std::string_view sign;
};
constexpr std::array<Unit, 5> k_units = {{{k_day, "d"}, {k_hour, "h"}, {k_minute, "m"}, {k_second, "s"}, {1, "ms"}}};

std::string all_units(std::uint64_t milliseconds) {
  std::vector<std::string> parts;
  for (const Unit& unit : k_units) {
    const auto size = static_cast<std::uint64_t>(unit.milliseconds);
    if (milliseconds >= size) {
      parts.push_back(fmt::format("{}{}", milliseconds / size, unit.sign));
      milliseconds %= size;
    }
  }
  return parts.empty() ? "0s" : fmt::format("{}", fmt::join(parts, " "));
}

/// Without overflow, the most negative number included.
std::uint64_t magnitude(std::int64_t number) {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

std::string_view minus(std::int64_t number) {
  return number < 0 ? "-" : "";
}

std::optional<std::int64_t> difference(std::int64_t before, std::int64_t after) {
  std::int64_t step = 0;
  return __builtin_sub_overflow(after, before, &step) ? std::nullopt : std::optional{step};
}

/// The code unit of "\u12ab" at the front of `text`.
std::optional<char32_t> code_unit(std::string_view text) {
  constexpr std::size_t k_bytes = 6;
  if (text.size() < k_bytes || !text.starts_with("\\u")) {
    return std::nullopt;
  }
  char32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const auto digit = hex_value(c);
    if (!digit) {
      return std::nullopt;
    }
    unit = unit << 4U | *digit;
  }
  return unit;
}

/// Appends what the escape at the front of `text` stands for; returns its bytes. A lone surrogate stays an escape.
std::size_t append_escaped(std::string& out, std::string_view text) {
  constexpr std::size_t k_unit_bytes = 6;
  constexpr std::string_view k_letters = "nrtbf";
  constexpr std::string_view k_bytes = "\n\r\t\b\f";
  if (const auto unit = code_unit(text)) {
    const bool high = *unit >= 0xD800 && *unit < 0xDC00, low = *unit >= 0xDC00 && *unit < 0xE000;
    const auto second = high ? code_unit(text.substr(k_unit_bytes)) : std::nullopt;
    if (second && *second >= 0xDC00 && *second < 0xE000) {
      append_utf8(out, 0x10000 + ((*unit - 0xD800) << 10U) + (*second - 0xDC00));
      return 2 * k_unit_bytes;
    }
    if (high || low) {
      out += text.substr(0, k_unit_bytes);
    } else {
      append_utf8(out, *unit);
    }
    return k_unit_bytes;
  }
  const char letter = text.size() > 1 ? text[1] : '\\';
  const std::size_t at = k_letters.find(letter);
  out += at == std::string_view::npos ? letter : k_bytes[at];
  return 2;
}

std::string unescaped(std::string_view inner) {
  std::string text;
  text.reserve(inner.size());
  while (!inner.empty()) {
    const std::size_t plain = std::min(inner.find('\\'), inner.size());
    text += inner.substr(0, plain);
    inner.remove_prefix(plain);
    if (!inner.empty()) {
      inner.remove_prefix(std::min(append_escaped(text, inner), inner.size()));
    }
  }
  return text;
}

/// Whether a text without quotes could be taken for another JSON value, or for nothing at all.
bool reads_like_a_value(std::string_view text) {
  if (text.empty() || text == "true" || text == "false" || text == "null" || text.front() == ' ' ||
      text.back() == ' ' || text.front() == '"') {
    return true;
  }
  const bool bracketed = (text.front() == '{' && text.back() == '}') || (text.front() == '[' && text.back() == ']');
  const bool numeric = text.front() == '-' || is_digit(text.front());
  return bracketed || (numeric && parse_double(text).has_value());
}

bool is_string(std::string_view json) {
  return json.size() >= 2 && json.front() == '"' && json.back() == '"';
}

/// ".opts.backoff.delay" → "delay"; a name in brackets is no member of ours.
std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

bool is_of_payload(std::string_view path) {
  constexpr std::string_view k_payload = ".payload";
  const char next = path.size() > k_payload.size() ? path[k_payload.size()] : '.';
  return path.starts_with(k_payload) && (next == '.' || next == '[');
}

/// Elements of a verbatim key: all of them are strings, so their quotes tell nothing.
bool is_of_items(std::string_view path) {
  return path.starts_with(".items[") || path.starts_with(".parts[");
}

/// Milliseconds in one unit of a member that is a duration. Absent for instants, and for what belongs to the user.
std::optional<std::int64_t> duration_unit(std::string_view path) {
  const std::string_view name = last_name(path);
  if (is_of_payload(path) || is_of_items(path) || name.find("_at_") != std::string_view::npos ||
      name.find(']') != std::string_view::npos) {
    return std::nullopt;
  }
  if (name.ends_with("_ms") || name == "every" || path == ".opts.backoff.delay" || path == ".opts.delay") {
    return 1;
  }
  return name.ends_with("_s") ? std::optional{k_second} : std::nullopt;
}

std::string item_value(const std::optional<std::string>& json) {
  constexpr std::size_t k_empty_string = 2;
  return !json ? std::string{}
         : is_string(*json) && json->size() > k_empty_string
             ? unescaped(std::string_view{*json}.substr(1, json->size() - 2))
             : *json;
}

std::optional<std::int64_t> integer(const std::optional<std::string>& json) {
  return json ? parse_integer(*json) : std::nullopt;
}

std::optional<std::int64_t> duration(const std::optional<std::string>& json, std::int64_t unit) {
  const auto count = integer(json);
  std::int64_t milliseconds = 0;
  if (!count || __builtin_mul_overflow(*count, unit, &milliseconds)) {
    return std::nullopt;
  }
  return milliseconds;
}

bool tells_when_due(std::string_view path) {
  return path == ".due_in_ms" || path == ".delay_ms" || path == ".delay_s";
}

std::string step_words(std::int64_t step, std::string_view path) {
  const std::string size = rounded_duration(static_cast<std::int64_t>(magnitude(step)));
  if (tells_when_due(path)) {
    return fmt::format("{} {}", size, step < 0 ? "earlier" : "later");
  }
  return fmt::format("{}{}", step < 0 ? '-' : '+', size);
}

/// Durations on both sides, or on the one that is there; absent when one is no number.
std::optional<ValueWords> duration_pair(const diff::FieldChange& field) {
  const auto unit = duration_unit(field.path);
  if (!unit) {
    return std::nullopt;
  }
  const auto before = duration(field.before, *unit), after = duration(field.after, *unit);
  if ((field.before && !before) || (field.after && !after)) {
    return std::nullopt;
  }
  ValueWords words{before ? rounded_duration(*before) : "", after ? rounded_duration(*after) : "", ""};
  if (before && after) {
    if (words.before == words.after) {
      words.before = exact_duration(*before);
      words.after = exact_duration(*after);
    }
    const auto step = difference(*before, *after);
    words.remark = step ? step_words(*step, field.path) : "";
  }
  return words;
}

ValueWords words_of(const diff::FieldChange& field) {
  if (field.path == ".refs") {
    if (auto refs = ref_words(field.before.value_or(""), field.after.value_or(""))) {
      return {std::move(refs->before), std::move(refs->after), ""};
    }
  }
  if (is_of_items(field.path)) {
    return {item_value(field.before), item_value(field.after), ""};
  }
  if (auto durations = duration_pair(field)) {
    const bool from_nothing = field.before == "0" || field.after == "0";  // the step is the other value
    durations->remark = from_nothing ? std::string{} : std::move(durations->remark);
    return std::move(*durations);
  }
  ValueWords words{field.before ? plain_value(*field.before) : "", field.after ? plain_value(*field.after) : "", ""};
  const auto before = integer(field.before), after = integer(field.after);
  constexpr std::uint64_t k_hard_to_subtract = 100;
  if (before && after && !is_of_payload(field.path) &&
      std::max(magnitude(*before), magnitude(*after)) >= k_hard_to_subtract) {
    const auto step = difference(*before, *after);
    words.remark = step ? fmt::format("{:+}", *step) : "";
  }
  return words;
}

/// A text may say in letters what another one is: \r, \u{202e}.
bool read_the_same(const ValueWords& words) {
  const bool spelled = words.before.find('\\') != std::string::npos || words.after.find('\\') != std::string::npos;
  return words.before == words.after || (spelled && escape_terminal(words.before) == escape_terminal(words.after));
}

}  // namespace

std::string plain_value(std::string_view json) {
  if (!is_string(json)) {
    return std::string{json};
  }
  std::string text = unescaped(json.substr(1, json.size() - 2));
  return reads_like_a_value(text) ? std::string{json} : text;
}

std::string exact_duration(std::int64_t milliseconds) {
  return fmt::format("{}{}", minus(milliseconds), all_units(magnitude(milliseconds)));
}

std::string rounded_duration(std::int64_t milliseconds) {
  const std::uint64_t size = magnitude(milliseconds);
  const std::string_view sign = minus(milliseconds);
  if (size >= k_second && size < static_cast<std::uint64_t>(k_minute)) {
    return fmt::format("{}{}s", sign, static_cast<double>(size) / static_cast<double>(k_second));
  }
  for (std::size_t i = 0; i + 1 < k_units.size(); ++i) {
    if (size >= static_cast<std::uint64_t>(k_units.at(i).milliseconds)) {
      const auto step = static_cast<std::uint64_t>(k_units.at(i + 1).milliseconds);
      const std::uint64_t rounded = size / step * step + (size % step >= (step + 1) / 2 ? step : 0);
      return fmt::format("{}{}{}", rounded == size ? "" : "~", sign, all_units(rounded));
    }
  }
  return fmt::format("{}{}", sign, all_units(size));
}

ValueWords value_words(const diff::FieldChange& field) {
  ValueWords words = words_of(field);
  if (field.before && field.after && read_the_same(words)) {
    words.before = *field.before;
    words.after = *field.after;
  }
  return words;
}

std::string due_words(const diff::FieldChange& field) {
  if (!tells_when_due(field.path)) {
    return {};
  }
  const auto words = duration_pair(field);
  return words && !words->remark.empty() ? "due " + words->remark : std::string{};
}

}  // namespace qsnap::report
