// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/harmful.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode 15 East_Asian_Width W and F, in blocks; emoji with emoji presentation.
constexpr Range k_wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2753, 0x2757},   {0x2795, 0x2797},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

/// Marks that stand on the character before them, and variation selectors.
constexpr Range k_combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},   {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};

template <std::size_t Size>
bool in_ranges(const Range (&ranges)[Size], char32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

int point_width(char32_t point) {
  constexpr char32_t k_first_not_narrow = 0x300;
  if (point < k_first_not_narrow) {
    return 1;
  }
  if (in_ranges(k_combining, point)) {
    return 0;
  }
  return in_ranges(k_wide, point) ? 2 : 1;
}

/// Invalid bytes count as one column each: escape_terminal leaves none, so this is only about not looping.
CodePoint next_point(std::string_view text) {
  return decode_utf8(text).value_or(CodePoint{static_cast<unsigned char>(text.front()), 1});
}

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

void append_json_escape(std::string& out, char32_t point) {
  const auto unit = [&](unsigned value) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", value); };
  constexpr char32_t k_first_pair = 0x10000;
  if (point < k_first_pair) {
    unit(static_cast<unsigned>(point));
    return;
  }
  const auto rest = static_cast<unsigned>(point - k_first_pair);
  unit(0xD800U + (rest >> 10U));
  unit(0xDC00U + (rest & 0x3FFU));
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const CodePoint point = next_point(text);
    width += point_width(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::size_t fitting_bytes(std::string_view text, int width) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const CodePoint point = next_point(text.substr(bytes));
    width -= point_width(point.value);
    if (width < 0) {
      break;
    }
    bytes += point.bytes;
  }
  return bytes;
}

std::string cut(std::string_view text, int width) {
  // A text that fits by its bytes fits by its columns: no character is wider than its UTF-8 form is long.
  if (width > 0 && (text.size() <= static_cast<std::size_t>(width) || fitting_bytes(text, width) == text.size())) {
    return std::string{text};
  }
  return width <= 0 ? std::string{} : std::string{text.substr(0, fitting_bytes(text, width - 1))} + "…";
}

std::string pad_right(std::string_view text, int width) {
  return std::string{text} + spaces(width - display_width(text));
}

std::string pad_left(std::string_view text, int width) {
  return spaces(width - display_width(text)) + std::string{text};
}

std::string quantity(std::uint64_t count, std::string_view singular, std::string_view plural) {
  if (count == 1) {
    return fmt::format("1 {}", singular);
  }
  return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

std::string byte_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> k_units = {"B", "KiB", "MiB", "GiB", "TiB"};
  constexpr double k_step = 1024.0;
  constexpr double k_first_without_decimal = 9.95;
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= k_step && unit + 1 < k_units.size()) {
    value /= k_step;
    ++unit;
  }
  const int decimals = unit > 0 && value < k_first_without_decimal ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, k_units.at(unit));
}

std::string readable_instant(Instant at) {
  constexpr std::size_t k_date = 10;
  constexpr std::size_t k_time = 8;
  const std::string text = format_instant(at);
  return fmt::format("{} {} UTC", text.substr(0, k_date), text.substr(k_date + 1, k_time));
}

std::string harmless_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  constexpr auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  while (!json.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(json.begin(), json.end(), is_plain) - json.begin());
    out.append(json, 0, plain);
    json.remove_prefix(plain);
    if (json.empty()) {
      break;
    }
    const CodePoint point = next_point(json);
    if (is_harmful(point.value)) {
      append_json_escape(out, point.value);
    } else {
      out.append(json, 0, point.bytes);
    }
    json.remove_prefix(point.bytes);
  }
  return out;
}

std::string queue_text(std::string_view queue) {
  if (is_utf8(queue)) {
    return std::string{queue};
  }
  std::string out;
  while (!queue.empty()) {
    const auto point = decode_utf8(queue);
    if (point) {
      out.append(queue, 0, point->bytes);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(queue.front()));
    }
    queue.remove_prefix(point ? point->bytes : 1);
  }
  return out;
}

}  // namespace qsnap::report
