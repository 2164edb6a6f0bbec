// SPDX-License-Identifier: Apache-2.0
#include <qsnap/search/words.hpp>

namespace qsnap::search {

namespace {

struct SplitText {
  std::vector<WordHasher> words;
  bool ends_in_word = false;
};

SplitText split_words(std::string_view text) {
  SplitText found;
  for (const char byte : text) {
    const bool in_word = is_word_byte(byte);
    if (in_word && !found.ends_in_word) {
      found.words.emplace_back();
    }
    if (in_word) {
      found.words.back().add(byte);
    }
    found.ends_in_word = in_word;
  }
  return found;
}

}  // namespace

std::vector<WordHash> hashes_of_text(std::string_view text) {
  std::vector<WordHash> hashes;
  for (const WordHasher& word : split_words(text).words) {
    hashes.push_back(word.word());
  }
  return hashes;
}

std::vector<WordHash> hashes_of_beginning(std::string_view text) {
  const SplitText found = split_words(text);
  std::vector<WordHash> hashes;
  for (std::size_t i = 0; i < found.words.size(); ++i) {
    const WordHasher& word = found.words[i];
    if (i + 1 < found.words.size() || !found.ends_in_word) {
      hashes.push_back(word.word());
    } else if (const auto beginning = word.long_prefix() ? word.long_prefix() : word.short_prefix()) {
      hashes.push_back(*beginning);
    }
  }
  return hashes;
}

}  // namespace qsnap::search
