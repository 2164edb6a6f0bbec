// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/utf8.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/value_layout.hpp>
#include <qsnap/report/word_diff.hpp>

namespace qsnap::report {

namespace {

using Kind = WordPiece::Kind;

constexpr std::string_view k_arrow = " → ";
constexpr int k_arrow_width = 3;
constexpr int k_context = 24;      ///< columns of what is the same, beside what differs
constexpr int k_most_lines = 3;    ///< of one value, folded
constexpr std::size_t k_lead = 8;  ///< bytes in front of the first difference

/// What stands behind the values: ", and 11 other values   1h later".
StyledText suffix(const FieldWords& words) {
  StyledText text;
  if (words.step == FieldWords::Step::appeared) {
    text.add(Tone::plain, " (new)");
  } else if (words.step == FieldWords::Step::gone) {
    text.add(Tone::plain, " (gone)");
  }
  if (words.others > 0) {
    text.add(Tone::plain, fmt::format(", and {}", quantity(words.others, "other value")));
  }
  if (!words.remark.empty()) {
    text.add(Tone::faint, fmt::format("   {}", escape_terminal(words.remark)));
  }
  return text;
}

/// `text` from shortly before byte `at` on, with "…" for what is left out in front.
std::string from_near(std::string_view text, std::size_t at) {
  if (at <= k_lead + 1) {
    return std::string{text};
  }
  std::size_t start = at - k_lead;
  while (start < text.size() && continues_character(text[start])) {
    ++start;
  }
  return "…" + std::string{text.substr(start)};
}

std::size_t bytes_of(const std::vector<WordPiece>& pieces, Kind kind) {
  std::size_t bytes = 0;
  for (const WordPiece& piece : pieces) {
    bytes += piece.kind == kind ? piece.text.size() : 0;
  }
  return bytes;
}

/// Whether the values read better as one text: prose of which most stayed.
bool mostly_same(const std::vector<WordPiece>& pieces) {
  constexpr std::size_t k_least_same = 16;
  const std::size_t same = bytes_of(pieces, Kind::same);
  const auto has_space = [](const WordPiece& piece) {
    return piece.kind == Kind::same && piece.text.find(' ') != std::string_view::npos;
  };
  return same >= k_least_same && same >= bytes_of(pieces, Kind::removed) && same >= bytes_of(pieces, Kind::added) &&
         std::any_of(pieces.begin(), pieces.end(), has_space);
}

/// One side, with what only it has in another tone.
StyledText side(const std::vector<WordPiece>& pieces, Kind own, Tone tone) {
  StyledText text;
  for (const WordPiece& piece : pieces) {
    if (piece.kind == Kind::same || piece.kind == own) {
      text.add(piece.kind == Kind::same ? Tone::plain : tone, piece.text);
    }
  }
  return text;
}

StyledText before_side(const std::vector<WordPiece>& pieces) {
  return side(pieces, Kind::removed, Tone::bad);
}
StyledText after_side(const std::vector<WordPiece>& pieces) {
  return side(pieces, Kind::added, Tone::good);
}

StyledText arrow(const std::vector<WordPiece>& pieces) {
  return before_side(pieces).add(Tone::plain, k_arrow).add(after_side(pieces));
}

/// The first or the last columns of a text; whole words where it has spaces.
std::string_view head_of(std::string_view text, int width) {
  const std::string_view head = text.substr(0, fitting_bytes(text, width));
  return head.substr(0, std::min(head.rfind(' '), head.size()));
}
std::string_view tail_of(std::string_view text, int width) {
  const std::string_view tail = text.substr(fitting_bytes(text, display_width(text) - width));
  const std::size_t space = tail.find(' ');
  return space == std::string_view::npos ? tail : tail.substr(space + 1);
}

/// What is the same, between what differs: its middle is left out where it is long. At an end of the text its outer
/// side is.
std::string context(std::string_view same, bool has_front, bool has_back) {
  const int wanted = (has_front ? k_context : 0) + (has_back ? k_context : 0);
  if (display_width(same) <= wanted + 1) {
    return std::string{same};
  }
  return fmt::format("{}…{}", has_front ? head_of(same, k_context) : "", has_back ? tail_of(same, k_context) : "");
}

/// The pieces as one text, without those of the kind `without`.
StyledText merged(const std::vector<WordPiece>& pieces, Detail detail, std::optional<Kind> without = std::nullopt) {
  StyledText text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const WordPiece& piece = pieces[i];
    if (piece.kind == without) {
      continue;
    }
    if (piece.kind == Kind::removed) {
      text.add(Tone::bad, fmt::format("[-{}-]", piece.text));
    } else if (piece.kind == Kind::added) {
      text.add(Tone::good, fmt::format("{{+{}+}}", piece.text));
    } else if (detail == Detail::full) {
      text.add(Tone::plain, piece.text);
    } else {
      text.add(Tone::plain, context(piece.text, i > 0, i + 1 < pieces.size()));
    }
  }
  return text;
}

/// All of it, or a few lines; `behind` is never cut off.
std::vector<StyledText> wrapped(const StyledText& text, const StyledText& behind, int width, Detail detail) {
  const int room = std::max(k_most_lines * width - behind.width() - width / 4, width / 2);
  StyledText whole = detail == Detail::full ? text : text.cut(room);
  return whole.add(behind).wrap(width);
}

void add_signed(std::vector<StyledText>& lines, Tone tone, std::string_view sign, std::vector<StyledText> more) {
  for (StyledText& line : more) {
    lines.push_back(StyledText{tone, sign}.add(line));
    sign = "  ";
  }
}

std::vector<StyledText> two_values(const std::vector<WordPiece>& pieces, const StyledText& behind, int width,
                                   Detail detail) {
  constexpr int k_sign = 2;
  std::vector<StyledText> lines;
  add_signed(lines, Tone::bad, "- ", wrapped(before_side(pieces), {}, width - k_sign, detail));
  add_signed(lines, Tone::good, "+ ", wrapped(after_side(pieces), behind, width - k_sign, detail));
  return lines;
}

}  // namespace

std::vector<StyledText> value_lines(const FieldWords& words, int width, Detail detail) {
  std::string before = escape_terminal(words.before);
  std::string after = escape_terminal(words.after);
  const StyledText behind = suffix(words);
  if (detail == Detail::folded && words.others > 0) {
    return value_line(words, width).wrap(width);  // one of many is an example: a line is enough
  }
  if (words.step == FieldWords::Step::unlisted) {
    return {behind};  // the path says how many there are
  }
  if (words.step != FieldWords::Step::changed) {
    const bool fresh = words.step == FieldWords::Step::appeared;
    return wrapped(fresh ? StyledText{Tone::good, after} : StyledText{Tone::bad, before}, behind, width, detail);
  }
  std::vector<WordPiece> pieces = word_diff(before, after);
  const int room = width - behind.width();
  if (mostly_same(pieces)) {
    return wrapped(merged(pieces, detail), behind, width, detail);
  }
  if (StyledText line = arrow(pieces); line.width() <= room) {
    return {line.add(behind)};
  }
  if (detail == Detail::folded) {
    const std::size_t common = common_front(before, after);
    before = from_near(before, common);
    after = from_near(after, common);
    pieces = word_diff(before, after);
    if (StyledText line = arrow(pieces); line.width() <= room) {
      return {line.add(behind)};
    }
  }
  return two_values(pieces, behind, width, detail);
}

SideValues side_values(const FieldWords& words, Detail detail) {
  std::string before = escape_terminal(words.before);
  std::string after = escape_terminal(words.after);
  if (words.step != FieldWords::Step::changed) {
    return {StyledText{Tone::bad, before}, StyledText{Tone::good, after}};
  }
  std::vector<WordPiece> pieces = word_diff(before, after);
  if (mostly_same(pieces)) {
    return {merged(pieces, detail, Kind::added), merged(pieces, detail, Kind::removed)};
  }
  constexpr std::size_t k_long = 200;
  if (detail == Detail::folded && std::max(before.size(), after.size()) > k_long) {
    const std::size_t common = common_front(before, after);
    before = from_near(before, common);
    after = from_near(after, common);
    pieces = word_diff(before, after);
  }
  return {before_side(pieces), after_side(pieces)};
}

StyledText value_line(const FieldWords& words, int width) {
  std::string before = escape_terminal(words.before);
  std::string after = escape_terminal(words.after);
  const StyledText behind = suffix(words);
  constexpr int k_least = 8;
  const int room = std::max(width - behind.width(), k_least);
  if (words.step != FieldWords::Step::changed) {
    const bool fresh = words.step == FieldWords::Step::appeared;
    return (fresh ? StyledText{Tone::good, after} : StyledText{Tone::bad, before}).cut(room).add(behind);
  }
  if (display_width(before) + k_arrow_width + display_width(after) > room) {
    const std::size_t common = common_front(before, after);
    const int half = (room - k_arrow_width) / 2;
    before = cut(from_near(before, common), half);
    after = cut(from_near(after, common), half);
  }
  return arrow(word_diff(before, after)).add(behind);
}

}  // namespace qsnap::report
