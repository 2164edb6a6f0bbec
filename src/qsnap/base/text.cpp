// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>

namespace qsnap {

namespace {

struct LeadByte {
  std::size_t bytes;
  char32_t bits;
  char32_t smallest;  ///< below this the form is overlong
};

std::optional<LeadByte> lead_byte(unsigned char byte) {
  if (byte < 0x80) {
    return LeadByte{1, byte, 0};
  }
  if ((byte & 0xE0U) == 0xC0) {
    return LeadByte{2, byte & 0x1FU, 0x80};
  }
  if ((byte & 0xF0U) == 0xE0) {
    return LeadByte{3, byte & 0x0FU, 0x800};
  }
  if ((byte & 0xF8U) == 0xF0) {
    return LeadByte{4, byte & 0x07U, 0x10000};
  }
  return std::nullopt;
}

}  // namespace

std::optional<CodePoint> decode_utf8(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  const auto lead = lead_byte(static_cast<unsigned char>(text.front()));
  if (!lead || lead->bytes > text.size()) {
    return std::nullopt;
  }
  char32_t value = lead->bits;
  for (std::size_t i = 1; i < lead->bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80) {
      return std::nullopt;
    }
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead->smallest || value > 0x10FFFF || surrogate) {
    return std::nullopt;
  }
  return CodePoint{value, lead->bytes};
}

bool is_utf8(std::string_view bytes) {
  constexpr std::uint64_t k_high_bits = 0x8080808080808080;
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    while (bytes.size() >= sizeof word) {  // most text is ASCII: eight bytes at a time
      std::memcpy(&word, bytes.data(), sizeof word);
      if ((word & k_high_bits) != 0) {
        break;
      }
      bytes.remove_prefix(sizeof word);
    }
    if (bytes.empty()) {
      return true;
    }
    const auto point = decode_utf8(bytes);
    if (!point) {
      return false;
    }
    bytes.remove_prefix(point->bytes);
  }
  return true;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  const bool leading_zero = digits.size() > 1 && digits.front() == '0';
  if (leading_zero || text == "-0") {
    return std::nullopt;
  }
  return value;
}

std::string format_double(double value) {
  if (std::isinf(value)) {
    return value > 0 ? "inf" : "-inf";
  }
  constexpr double k_exact_integers = 9007199254740992.0;  // 2^53: up to here the integer form is the shortest, too
  if (value == std::floor(value) && std::fabs(value) < k_exact_integers && !(value == 0 && std::signbit(value))) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  return value == 0 ? "-0" : fmt::format("{}", value);
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || std::isnan(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace qsnap
