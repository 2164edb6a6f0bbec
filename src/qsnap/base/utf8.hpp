// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Texts by their characters (code points). Whether bytes are UTF-8 at all is asked in base/text.hpp.
namespace qsnap {

/// Whether the byte belongs to a character that another one began.
[[nodiscard]] constexpr bool continues_character(char byte) {
  constexpr unsigned k_mask = 0xC0, k_continuation = 0x80;
  return (static_cast<unsigned char>(byte) & k_mask) == k_continuation;
}

/// `at`, or where the character that it lies in begins; the end of the text for what is behind it.
[[nodiscard]] std::size_t character_start(std::string_view text, std::size_t at);

[[nodiscard]] std::size_t count_characters(std::string_view text);

/// Surrogates too, in the same way: who takes them from a hostile text looks first.
void append_utf8(std::string& out, char32_t point);

}  // namespace qsnap
