// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/utf8.hpp>
#include <qsnap/search/excerpt.hpp>

namespace qsnap::search {

namespace {

constexpr std::size_t k_most_bytes = 400;
constexpr std::size_t k_bytes_in_front = 60;

}  // namespace

void add_mark(std::vector<Mark>& marks, const Mark& mark) {
  const auto overlaps = [&](const Mark& other) {
    return mark.begin < other.begin + other.size && other.begin < mark.begin + mark.size;
  };
  if (std::none_of(marks.begin(), marks.end(), overlaps)) {
    marks.push_back(mark);
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
  }
}

Excerpt excerpt_of(std::string_view text, const std::vector<Mark>& marks) {
  const std::size_t first = marks.empty() ? 0 : marks.front().begin;
  const bool fits = text.size() <= k_most_bytes;
  const std::size_t begin = fits || first <= k_bytes_in_front ? 0 : character_start(text, first - k_bytes_in_front);
  const std::size_t end = fits ? text.size() : character_start(text, std::min(text.size(), begin + k_most_bytes));
  Excerpt excerpt{std::string{text.substr(begin, end - begin)}, {}, begin > 0, end < text.size()};
  for (const Mark& mark : marks) {
    const bool is_first = mark.begin == first;
    if (mark.begin < end && (is_first || mark.begin + mark.size <= end)) {
      excerpt.marks.push_back({mark.begin - begin, std::min(mark.size, end - mark.begin)});
    }
  }
  return excerpt;
}

}  // namespace qsnap::search
