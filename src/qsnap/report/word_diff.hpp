// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// What differs inside two values, word by word. Internal to report.
namespace qsnap::report {

struct WordPiece {
  enum class Kind : std::uint8_t { same, removed, added } kind = Kind::same;
  std::string_view text;  ///< of `before`, or of `after` where it was added
};

/// Both texts as one: `same` and `removed` pieces make up `before`, `same` and `added` ones `after`. A word is a run of
/// letters and digits; every other character stands for itself. What begins and ends both is the same; between, the
/// longest common words where both have at most some hundred, else nothing. Linear but for those.
[[nodiscard]] std::vector<WordPiece> word_diff(std::string_view before, std::string_view after);

/// How many bytes both texts have in common in front; never a part of a character.
[[nodiscard]] std::size_t common_front(std::string_view a, std::string_view b);

}  // namespace qsnap::report
