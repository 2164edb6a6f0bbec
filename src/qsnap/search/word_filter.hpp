// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/search/words.hpp>

/// Which words may be in a text: a Bloom filter. It never says no to a word that is there, and seldom yes to another.
namespace qsnap::search {

/// Bits, a power of two of them; no bits say yes to everything.
class WordFilter {
 public:
  WordFilter() = default;
  /// Of what bytes() gave; nothing else makes sense. REQUIRES: is_size(bits.size())
  explicit WordFilter(std::string bits) : m_bits(std::move(bits)) {}
  [[nodiscard]] static bool is_size(std::size_t bytes);

  [[nodiscard]] const std::string& bytes() const { return m_bits; }

 private:
  std::string m_bits;
};

/// Whether a filter with these bits may have all of the words.
[[nodiscard]] bool may_have_all(std::string_view bits, std::span<const WordHash> words);

/// Makes filters, one after the other. Words go into far more bits than they need, because nobody knows how many
/// different ones there are; then halves are laid over each other for as long as few enough bits are set. A word's bits
/// are taken modulo the size, so they stay where they are looked for.
class WordFilterMaker {
 public:
  /// For about so many bytes of text. What was there is forgotten.
  void begin(std::size_t text_bytes);
  void add(WordHash word);
  void add(const WordHasher& word);
  [[nodiscard]] WordFilter finish();

 private:
  std::vector<std::uint64_t> m_bits;
};

}  // namespace qsnap::search
