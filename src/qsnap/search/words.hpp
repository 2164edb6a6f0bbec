// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/ascii.hpp>

/// What a word is: a run of ASCII letters and digits and of bytes beyond ASCII, whatever the case of the letters.
/// Everything else stands between words, '_', '-' and '.' among it: "send_welcome-mail" has three words.
namespace qsnap::search {

[[nodiscard]] constexpr bool is_word_byte(char c) {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// What stands for a word, or for the beginning of one, in a filter. Two may have the same: that costs a look into the
/// chunk, nothing else.
using WordHash = std::uint64_t;

/// So many characters of a word can be asked for as the beginning of one.
inline constexpr std::size_t k_short_prefix = 3;
inline constexpr std::size_t k_long_prefix = 5;

/// The words of plain text.
[[nodiscard]] std::vector<WordHash> hashes_of_text(std::string_view text);
/// The same, but what stands last may go on. Of a beginning that is too short nothing is asked.
[[nodiscard]] std::vector<WordHash> hashes_of_beginning(std::string_view text);

/// Takes bytes front to back, and tells what stands for each word and for its beginnings.
class WordHasher {
 public:
  void add(char byte) {
    constexpr std::uint64_t k_prime = 0x100000001B3;  // FNV-1a
    m_state = (m_state ^ static_cast<unsigned char>(to_lower(byte))) * k_prime;
    ++m_bytes;
    if (m_bytes == k_short_prefix) {
      m_short = m_state;
    } else if (m_bytes == k_long_prefix) {
      m_long = m_state;
    }
  }
  [[nodiscard]] bool is_empty() const { return m_bytes == 0; }

  [[nodiscard]] WordHash word() const { return mixed(m_state); }
  /// Absent for a word that is shorter.
  [[nodiscard]] std::optional<WordHash> short_prefix() const { return prefix(m_short, k_short_prefix); }
  [[nodiscard]] std::optional<WordHash> long_prefix() const { return prefix(m_long, k_long_prefix); }

 private:
  [[nodiscard]] std::optional<WordHash> prefix(std::uint64_t state, std::size_t length) const {
    return m_bytes < length ? std::nullopt : std::optional{mixed(state + length)};
  }
  /// Every bit of the answer depends on every bit of the state (the end of MurmurHash3).
  static constexpr WordHash mixed(std::uint64_t state) {
    state = (state ^ (state >> 33U)) * 0xFF51AFD7ED558CCD;
    state = (state ^ (state >> 33U)) * 0xC4CEB9FE1A85EC53;
    return state ^ (state >> 33U);
  }

  std::uint64_t m_state = 0xCBF29CE484222325;
  std::uint64_t m_short = 0;
  std::uint64_t m_long = 0;
  std::size_t m_bytes = 0;
};

}  // namespace qsnap::search
