// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

/// Classes of ASCII characters, whatever the locale. Bytes beyond ASCII belong to none of them.
namespace qsnap {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}
[[nodiscard]] constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// What a hexadecimal digit, of either case, stands for.
[[nodiscard]] constexpr std::optional<std::uint32_t> hex_value(char c) {
  if (is_digit(c)) {
    return static_cast<std::uint32_t>(c - '0');
  }
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? std::optional{static_cast<std::uint32_t>(lower - 'a' + 10)} : std::nullopt;
}

}  // namespace qsnap
