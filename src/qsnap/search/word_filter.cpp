// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include <qsnap/base/limits.hpp>
#include <qsnap/search/word_filter.hpp>

namespace qsnap::search {

namespace {

constexpr std::size_t k_bits_per_unit = 64;
constexpr std::size_t k_least_units = 16;  // 128 bytes
constexpr std::size_t k_most_bytes = limits::k_mib;
/// With at most 2 of 5 bits set and seven bits a word, one of 600 filters says yes to a word that is not there.
constexpr unsigned k_bits_per_word = 7;

/// The places of a word's bits, modulo any power of two: two hashes instead of seven (Kirsch and Mitzenmacher).
template <class Use>
void for_each_bit(WordHash word, const Use& use) {
  std::uint64_t at = word;
  const std::uint64_t step = (word >> 32U) | 1U;
  for (unsigned i = 0; i < k_bits_per_word; ++i, at += step) {
    use(at);
  }
}

std::size_t count_bits(const std::vector<std::uint64_t>& bits) {
  std::size_t count = 0;
  for (const std::uint64_t unit : bits) {
    count += static_cast<std::size_t>(std::popcount(unit));
  }
  return count;
}

/// The number of bits that would be set if the second half lay on the first.
std::size_t count_folded(const std::vector<std::uint64_t>& bits) {
  const std::size_t half = bits.size() / 2;
  std::size_t count = 0;
  for (std::size_t i = 0; i < half; ++i) {
    count += static_cast<std::size_t>(std::popcount(bits[i] | bits[half + i]));
  }
  return count;
}

bool is_sparse(std::size_t set, std::size_t units) {
  return set * 5 <= units * k_bits_per_unit * 2;
}

}  // namespace

bool WordFilter::is_size(std::size_t bytes) {
  return bytes == 0 ||
         (std::has_single_bit(bytes) && bytes >= k_least_units * sizeof(std::uint64_t) && bytes <= k_most_bytes);
}

bool may_have_all(std::string_view bits, std::span<const WordHash> words) {
  if (bits.empty()) {
    return true;
  }
  const std::uint64_t mask = bits.size() * 8 - 1;
  return std::all_of(words.begin(), words.end(), [&](WordHash word) {
    bool all = true;
    for_each_bit(word, [&](std::uint64_t at) {
      all = all && (static_cast<unsigned char>(bits[(at & mask) / 8]) >> (at & 7U) & 1U) != 0;
    });
    return all;
  });
}

void WordFilterMaker::begin(std::size_t text_bytes) {
  const std::size_t bytes =
      std::clamp(std::bit_ceil(text_bytes / 2), k_least_units * sizeof(std::uint64_t), k_most_bytes);
  m_bits.assign(bytes / sizeof(std::uint64_t), 0);
}

void WordFilterMaker::add(WordHash word) {
  const std::uint64_t mask = m_bits.size() * k_bits_per_unit - 1;
  for_each_bit(word, [&](std::uint64_t at) {
    m_bits[(at & mask) / k_bits_per_unit] |= std::uint64_t{1} << (at % k_bits_per_unit);
  });
}

void WordFilterMaker::add(const WordHasher& word) {
  add(word.word());
  if (const auto beginning = word.short_prefix()) {
    add(*beginning);
  }
  if (const auto beginning = word.long_prefix()) {
    add(*beginning);
  }
}

WordFilter WordFilterMaker::finish() {
  if (!is_sparse(count_bits(m_bits), m_bits.size())) {
    return {};
  }
  while (m_bits.size() > k_least_units && is_sparse(count_folded(m_bits), m_bits.size() / 2)) {
    const std::size_t half = m_bits.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      m_bits[i] |= m_bits[half + i];
    }
    m_bits.resize(half);
  }
  std::string bytes;
  for (const std::uint64_t unit : m_bits) {  // the lowest byte first, on every machine
    for (unsigned shift = 0; shift < k_bits_per_unit; shift += 8) {
      bytes += static_cast<char>(unit >> shift & 0xFFU);
    }
  }
  return WordFilter{std::move(bytes)};
}

}  // namespace qsnap::search
