// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>

#include <qsnap/codec/base64.hpp>

namespace qsnap::codec {

namespace {

constexpr std::uint8_t k_no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  values.fill(k_no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> k_digit_values = make_digit_values();

}  // namespace

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;  // how many low bits of `bits` are not written yet
  for (const char c : text) {
    const std::uint8_t digit = k_digit_values[static_cast<unsigned char>(c)];
    if (digit == k_no_digit) {
      return std::nullopt;
    }
    bits = (bits << 6U) | digit;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 0xFFU);
    }
  }
  const bool unused_bits_are_zero = (bits & ((1U << held) - 1U)) == 0;
  return unused_bits_are_zero ? std::optional{std::move(bytes)} : std::nullopt;
}

}  // namespace qsnap::codec
