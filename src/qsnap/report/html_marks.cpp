// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/utf8.hpp>
#include <qsnap/report/html_marks.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/word_diff.hpp>

namespace qsnap::report {

namespace {

constexpr std::size_t k_most_value_bytes = 4096;  ///< of one value
constexpr std::size_t k_context_bytes = 160;  ///< of what is equal in front of the first difference, in a long value

/// What of a value is shown.
struct Excerpt {
  std::string_view text;
  std::size_t left_out_before = 0;
  std::size_t left_out_behind = 0;
};

Excerpt excerpt(std::string_view value, std::size_t start) {
  const std::string_view rest = value.substr(start);
  const std::size_t shown = character_start(rest, k_most_value_bytes);
  return {rest.substr(0, shown), start, rest.size() - shown};
}

void append_left_out(Html& html, std::size_t bytes) {
  if (bytes > 0) {
    html.raw("<span class=\"soft\"> … ").text(byte_size(bytes)).raw(" more </span>");
  }
}

}  // namespace

MarkedValues marked_values(std::string_view before, std::string_view after) {
  std::size_t start = 0;
  if (std::max(before.size(), after.size()) > k_most_value_bytes) {
    const std::size_t common = common_front(before, after);
    start = character_start(before, common - std::min(common, k_context_bytes));
  }
  const Excerpt old_part = excerpt(before, start);
  const Excerpt new_part = excerpt(after, start);
  MarkedValues marked;
  append_left_out(marked.before, old_part.left_out_before);
  append_left_out(marked.after, new_part.left_out_before);
  for (const WordPiece& piece : word_diff(old_part.text, new_part.text)) {
    switch (piece.kind) {
      case WordPiece::Kind::same:
        marked.before.text(piece.text);
        marked.after.text(piece.text);
        break;
      case WordPiece::Kind::removed:
        marked.before.raw("<del>").text(piece.text).raw("</del>");
        break;
      case WordPiece::Kind::added:
        marked.after.raw("<ins>").text(piece.text).raw("</ins>");
    }
  }
  append_left_out(marked.before, old_part.left_out_behind);
  append_left_out(marked.after, new_part.left_out_behind);
  return marked;
}

Html whole_value(std::string_view value) {
  const Excerpt part = excerpt(value, 0);
  Html html;
  html.text(part.text);
  append_left_out(html, part.left_out_behind);
  return html;
}

}  // namespace qsnap::report
