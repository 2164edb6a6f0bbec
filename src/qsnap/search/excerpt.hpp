// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qsnap::search {

/// Bytes of a text that were searched for.
struct Mark {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// One more, unless it overlaps one of them.
void add_mark(std::vector<Mark>& marks, const Mark& mark);

/// What is told of a text, however long that is: a few hundred bytes, with the first mark in them.
struct Excerpt {
  std::string text;
  std::vector<Mark> marks;  ///< in the excerpt; sorted, none overlaps another
  bool cut_front = false;
  bool cut_end = false;
};

/// `marks` are sorted. A mark that is cut off goes; the first one is shortened instead.
[[nodiscard]] Excerpt excerpt_of(std::string_view text, const std::vector<Mark>& marks);

}  // namespace qsnap::search
