// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/harmful.hpp>

namespace qsnap::report {

namespace {

constexpr char32_t k_first_beyond_ascii = 0x80;

bool is_plain_ascii(char c) {
  return c >= 0x20 && c < 0x7f;
}

/// Appends the visible form of the code point or byte at the front of `rest`; returns how many bytes it took.
std::size_t append_one(std::string& out, std::string_view rest) {
  const auto point = decode_utf8(rest);
  if (!point) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(rest.front()));
    return 1;
  }
  if (!is_harmful(point->value)) {
    out.append(rest, 0, point->bytes);
  } else if (point->value == '\n' || point->value == '\t') {
    out += point->value == '\n' ? "\\n" : "\\t";
  } else if (point->value < k_first_beyond_ascii) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(point->value));
  } else {
    fmt::format_to(std::back_inserter(out), "\\u{{{:04x}}}", static_cast<unsigned>(point->value));
  }
  return point->bytes;
}

}  // namespace

bool is_harmful(char32_t point) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  static constexpr Range k_ranges[] = {
      {0x0000, 0x001F},    // C0
      {0x007F, 0x009F},    // DEL and C1: U+009B is CSI to some terminals
      {0x061C, 0x061C},    // Arabic letter mark
      {0x200B, 0x200F},    // zero width, directional marks
      {0x2028, 0x202E},    // line and paragraph separator, bidi embedding and override
      {0x2060, 0x2064},    // word joiner, invisible operators
      {0x2066, 0x206F},    // bidi isolates, deprecated format characters
      {0xFEFF, 0xFEFF},    // byte order mark
      {0xFFF9, 0xFFFB},    // interlinear annotation
      {0xFFFE, 0xFFFF},    // noncharacters, which neither XML nor YAML has
      {0xE0000, 0xE007F},  // tag characters
  };
  return std::any_of(std::begin(k_ranges), std::end(k_ranges),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

std::string escape_terminal(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto plain_end = std::find_if_not(bytes.begin(), bytes.end(), is_plain_ascii);
    const auto plain = static_cast<std::size_t>(plain_end - bytes.begin());
    out.append(bytes, 0, plain);
    bytes.remove_prefix(plain);
    if (!bytes.empty()) {
      bytes.remove_prefix(append_one(out, bytes));
    }
  }
  return out;
}

}  // namespace qsnap::report
