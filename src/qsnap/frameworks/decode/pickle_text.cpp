// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/frameworks/decode/pickle_text.hpp>

namespace qsnap::frameworks::decode {

namespace {

constexpr std::size_t k_decimal_bytes = limits::k_kib;

/// The magnitude of a number in two's complement, and its sign.
struct Magnitude {
  std::string little_endian;
  bool negative = false;
};

Magnitude magnitude(std::string_view twos_complement) {
  Magnitude number{std::string{twos_complement}, false};
  number.negative = !number.little_endian.empty() && static_cast<signed char>(number.little_endian.back()) < 0;
  if (number.negative) {
    unsigned carry = 1;
    for (char& c : number.little_endian) {
      const unsigned inverted = (~static_cast<unsigned>(static_cast<unsigned char>(c)) & 0xFFU) + carry;
      c = static_cast<char>(inverted & 0xFFU);
      carry = inverted >> 8U;
    }
    if (carry != 0) {
      number.little_endian += '\1';
    }
  }
  return number;
}

std::string decimal(std::string_view little_endian) {
  constexpr std::uint64_t k_group = 1'000'000'000;
  std::vector<std::uint32_t> groups = {0};  // nine digits each, the lowest first
  for (auto byte = little_endian.rbegin(); byte != little_endian.rend(); ++byte) {
    std::uint64_t carry = static_cast<unsigned char>(*byte);
    for (std::uint32_t& group : groups) {
      carry += std::uint64_t{group} << 8U;
      group = static_cast<std::uint32_t>(carry % k_group);
      carry /= k_group;
    }
    if (carry > 0) {
      groups.push_back(static_cast<std::uint32_t>(carry));
    }
  }
  std::string text = fmt::format("{}", groups.back());
  for (auto group = groups.rbegin() + 1; group != groups.rend(); ++group) {
    fmt::format_to(std::back_inserter(text), "{:09}", *group);
  }
  return text;
}

std::optional<char32_t> hex_digits(std::string_view text, std::size_t count) {
  if (text.size() < count) {
    return std::nullopt;
  }
  char32_t value = 0;
  for (const char c : text.substr(0, count)) {
    const auto digit = hex_value(c);
    if (!digit) {
      return std::nullopt;
    }
    value = value << 4U | *digit;
  }
  return value;
}

}  // namespace

std::string long_json(std::string_view little_endian) {
  const Magnitude number = magnitude(little_endian);
  if (little_endian.size() <= k_decimal_bytes) {
    return (number.negative ? "-" : "") + decimal(number.little_endian);
  }
  const std::string big_endian{number.little_endian.rbegin(), number.little_endian.rend()};
  return fmt::format(R"({{"$int":"{}0x{}"}})", number.negative ? "-" : "", to_hex(big_endian));
}

std::optional<std::string> integer_line(std::string_view line) {
  if (line.ends_with('L')) {
    line.remove_suffix(1);
  }
  const std::string_view digits = line.starts_with('-') ? line.substr(1) : line;
  const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
  const bool padded = digits.size() > 1 && digits.front() == '0';
  return is_number && !padded ? std::optional{std::string{line}} : std::nullopt;
}

std::optional<std::string> raw_unicode_line(std::string_view line) {
  std::string text;
  while (!line.empty()) {
    const bool is_short = line.starts_with("\\u"), is_long = line.starts_with("\\U");
    if (!is_short && !is_long) {
      append_utf8(text, static_cast<unsigned char>(line.front()));
      line.remove_prefix(1);
      continue;
    }
    const std::size_t digits = is_short ? 4 : 8;
    const auto point = hex_digits(line.substr(2), digits);
    if (!point || *point > 0x10FFFF) {
      return std::nullopt;
    }
    append_utf8(text, *point);
    line.remove_prefix(2 + digits);
  }
  return text;
}

std::optional<std::string> quoted_line(std::string_view line) {
  constexpr std::string_view k_letters = "\\'\"abfnrtv", k_values = "\\'\"\a\b\f\n\r\t\v";
  const bool quoted = line.size() >= 2 && line.front() == line.back() && (line.front() == '\'' || line.front() == '"');
  if (!quoted) {
    return std::nullopt;
  }
  line = line.substr(1, line.size() - 2);
  std::string text;
  while (!line.empty()) {
    if (line.front() != '\\') {
      text += line.front();
      line.remove_prefix(1);
      continue;
    }
    const std::size_t letter = line.size() < 2 ? std::string_view::npos : k_letters.find(line[1]);
    if (letter != std::string_view::npos) {
      text += k_values[letter];
      line.remove_prefix(2);
      continue;
    }
    const auto byte = line.starts_with("\\x") ? hex_digits(line.substr(2), 2) : std::nullopt;
    if (!byte) {
      return std::nullopt;
    }
    text += static_cast<char>(*byte);
    line.remove_prefix(4);
  }
  return text;
}

std::optional<std::string> latin1_bytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const auto point = decode_utf8(text);
    if (!point || point->value > 0xFF) {
      return std::nullopt;
    }
    bytes += static_cast<char>(point->value);
    text.remove_prefix(point->bytes);
  }
  return bytes;
}

}  // namespace qsnap::frameworks::decode
