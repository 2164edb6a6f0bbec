// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/report/word_diff.hpp>

namespace qsnap::report {

namespace {

using Words = std::span<const std::string_view>;
using Kind = WordPiece::Kind;

/// Letters beyond ASCII are not told apart from signs: all of them are letters.
bool is_word(char c) {
  return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto run = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) - text.begin());
    const std::size_t bytes = std::max<std::size_t>(run, 1);
    words.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return words;
}

/// Pieces of one kind that follow each other in their text are one.
class Pieces {
 public:
  void add(Kind kind, Words words) {
    if (words.empty()) {
      return;
    }
    const std::string_view text{
        words.front().data(),
        static_cast<std::size_t>(words.back().data() + words.back().size() - words.front().data())};
    if (!m_list.empty() && m_list.back().kind == kind &&
        m_list.back().text.data() + m_list.back().text.size() == text.data()) {
      m_list.back().text = {m_list.back().text.data(), m_list.back().text.size() + text.size()};
    } else {
      m_list.push_back({kind, text});
    }
  }
  [[nodiscard]] std::vector<WordPiece> take() { return std::move(m_list); }

 private:
  std::vector<WordPiece> m_list;
};

/// Lengths of the longest common subsequences of all ends of both: (n+1) × (m+1).
std::vector<std::uint16_t> common_lengths(Words before, Words after) {
  const std::size_t row = after.size() + 1;
  std::vector<std::uint16_t> lengths((before.size() + 1) * row);
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = after.size(); j-- > 0;) {
      lengths[i * row + j] = before[i] == after[j] ? static_cast<std::uint16_t>(lengths[(i + 1) * row + j + 1] + 1)
                                                   : std::max(lengths[(i + 1) * row + j], lengths[i * row + j + 1]);
    }
  }
  return lengths;
}

/// A space or a sign between two changes is no landmark: what is the same has a word in it, or is long.
bool is_landmark(Words same) {
  constexpr std::size_t k_long = 4;
  return same.size() >= k_long || std::any_of(same.begin(), same.end(), [](std::string_view word) {
           return word.size() > 1 || is_word(word[0]);
         });
}

class MiddleDiff {
 public:
  MiddleDiff(Words before, Words after, Pieces& pieces)
      : m_before(before), m_after(after), m_lengths(common_lengths(before, after)), m_pieces(pieces) {}

  void run() {
    std::size_t i = 0, j = 0;
    while (i < m_before.size() || j < m_after.size()) {
      const std::size_t same = same_run(i, j);
      if (same > 0 && is_landmark(m_before.subspan(i, same))) {
        flush(i, j);
        m_pieces.add(Kind::same, m_before.subspan(i, same));
        m_from_i = i + same;
        m_from_j = j + same;
      }
      if (same > 0) {
        i += same;
        j += same;
      } else if (j == m_after.size() || (i < m_before.size() && length(i + 1, j) >= length(i, j + 1))) {
        ++i;
      } else {
        ++j;
      }
    }
    flush(i, j);
  }

 private:
  [[nodiscard]] std::uint16_t length(std::size_t i, std::size_t j) const {
    return m_lengths[i * (m_after.size() + 1) + j];
  }

  [[nodiscard]] std::size_t same_run(std::size_t i, std::size_t j) const {
    std::size_t run = 0;
    while (i + run < m_before.size() && j + run < m_after.size() && m_before[i + run] == m_after[j + run]) {
      ++run;
    }
    return run;
  }

  void flush(std::size_t i, std::size_t j) {
    m_pieces.add(Kind::removed, m_before.subspan(m_from_i, i - m_from_i));
    m_pieces.add(Kind::added, m_after.subspan(m_from_j, j - m_from_j));
  }

  Words m_before;
  Words m_after;
  std::vector<std::uint16_t> m_lengths;
  Pieces& m_pieces;
  std::size_t m_from_i = 0;  ///< what is not told yet
  std::size_t m_from_j = 0;
};

}  // namespace

std::vector<WordPiece> word_diff(std::string_view before, std::string_view after) {
  constexpr std::size_t k_most_cells = 200'000;
  const std::vector<std::string_view> old_words = words_of(before), new_words = words_of(after);
  const Words left = old_words, right = new_words;
  const auto [old_at, new_at] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  const auto front = static_cast<std::size_t>(old_at - left.begin());
  std::size_t back = 0;
  while (back < std::min(left.size(), right.size()) - front &&
         left[left.size() - back - 1] == right[right.size() - back - 1]) {
    ++back;
  }
  const Words old_middle = left.subspan(front, left.size() - front - back);
  const Words new_middle = right.subspan(front, right.size() - front - back);
  Pieces pieces;
  pieces.add(Kind::same, left.first(front));
  if (old_middle.size() * new_middle.size() <= k_most_cells) {
    MiddleDiff{old_middle, new_middle, pieces}.run();
  } else {
    pieces.add(Kind::removed, old_middle);
    pieces.add(Kind::added, new_middle);
  }
  pieces.add(Kind::same, left.last(back));
  return pieces.take();
}

std::size_t common_front(std::string_view a, std::string_view b) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto bytes = static_cast<std::size_t>(at - a.begin());
  while (bytes > 0 &&
         ((bytes < a.size() && continues_character(a[bytes])) || (bytes < b.size() && continues_character(b[bytes])))) {
    --bytes;
  }
  return bytes;
}

}  // namespace qsnap::report
