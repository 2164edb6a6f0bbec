// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <qsnap/base/ascii.hpp>

namespace qsnap {

/// A text as one word of a shell's command line, for commands that users are told to type: names of branches and sets
/// come from repositories, and "$(…)" may be in them.
[[nodiscard]] inline std::string shell_word(std::string_view text) {
  constexpr std::string_view k_harmless = "_-./:@%+=,";
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || k_harmless.find(c) != std::string_view::npos;
  });
  if (is_plain) {
    return std::string{text};
  }
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? std::string_view{"'\\''"} : std::string_view{&c, 1};
  }
  return word + '\'';
}

}  // namespace qsnap
