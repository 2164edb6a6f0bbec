// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/markdown_page.hpp>
#include <qsnap/report/markdown_report.hpp>

namespace qsnap::report {

namespace {

/// GitHub counts the characters of a comment, and stores its bytes.
struct Room {
  std::size_t characters = 0;
  std::size_t bytes = 0;
};

Room room_of(std::string_view text) {
  return {count_characters(text), text.size()};
}

/// Text that takes a piece as a whole or not at all, so that whatever a piece opens is closed.
class BoundedText {
 public:
  explicit BoundedText(Room room) : m_left(room) {}

  [[nodiscard]] bool append(std::string_view piece) {
    const Room needed = room_of(piece);
    if (needed.characters > m_left.characters || needed.bytes > m_left.bytes) {
      return false;
    }
    m_left = {m_left.characters - needed.characters, m_left.bytes - needed.bytes};
    m_text += piece;
    return true;
  }
  [[nodiscard]] std::string take() { return std::move(m_text); }

 private:
  Room m_left;
  std::string m_text;
};

/// What is told of a snapshot when everything is too much.
constexpr LineLimits k_fewer_lines{.blocks = SIZE_MAX, .groups = 20, .fields = 10, .columns = 200};
constexpr LineLimits k_few_lines{.blocks = 30, .groups = 5, .fields = 3, .columns = 100};
/// Of the table, where there are details that it could push out.
constexpr std::size_t k_most_rows = 100;

enum class Snapshots : std::uint8_t { all, some };

/// The ways to tell a report, each absent where it does not fit.
class ShortPage {
 public:
  ShortPage(const DiffReport& report, const FaceOptions& options, std::string marker)
      : m_page(report, options), m_begin(std::move(marker) + m_page.head()) {
    constexpr std::size_t k_ending = 200;  // characters and bytes of the longest sentence that ending() is called with
    const Room foot = room_of(m_page.foot());
    const auto left = [](std::size_t all, std::size_t taken) { return all - std::min(all, taken + k_ending); };
    m_room = {left(options.comment_characters, foot.characters), left(options.comment_bytes, foot.bytes)};
  }

  [[nodiscard]] std::optional<std::string> best() const {
    auto text = with_everything();
    for (const LineLimits& limits : {k_fewer_lines, k_few_lines}) {
      text = text ? std::move(text) : with_details(limits, Snapshots::all);
    }
    text = text ? std::move(text) : with_details(k_few_lines, Snapshots::some);
    text = text ? std::move(text) : with_table_alone();
    return text ? std::move(text) : with_counts_alone();
  }

 private:
  [[nodiscard]] std::optional<std::string> with_everything() const {
    BoundedText text{m_room};
    const bool fits = append_begin(text) && append_rows(text, m_page.rows()) == m_page.rows() &&
                      append_details(text, k_no_limits) == m_page.details();
    return fits ? std::optional{text.take() + ending({})} : std::nullopt;
  }

  /// Of the snapshots, all or as many as fit, the first ones.
  [[nodiscard]] std::optional<std::string> with_details(const LineLimits& limits, Snapshots snapshots) const {
    BoundedText text{m_room};
    const std::size_t rows = std::min(k_most_rows, m_page.rows());
    if (!append_begin(text) || append_rows(text, rows) < rows ||
        (rows < m_page.rows() && !text.append(fmt::format("\n… and {}\n", rows_left(rows))))) {
      return std::nullopt;
    }
    const std::size_t told = append_details(text, limits);
    const std::size_t left = m_page.details() - told;
    if (told == 0 || (snapshots == Snapshots::all && left > 0)) {
      return std::nullopt;
    }
    return text.take() + ending(left == 0 ? "the report has every change."
                                          : fmt::format("{} in the report.", quantity(left, "more snapshot")));
  }

  [[nodiscard]] std::optional<std::string> with_table_alone() const {
    BoundedText text{m_room};
    const std::size_t told = append_begin(text) ? append_rows(text, m_page.rows()) : 0;
    if (told == 0) {
      return std::nullopt;
    }
    const std::string rows = told == m_page.rows() ? std::string{} : rows_left(told) + " and ";
    return text.take() + ending(fmt::format("{}{} in the report.", rows, changes()));
  }

  [[nodiscard]] std::optional<std::string> with_counts_alone() const {
    BoundedText text{m_room};
    return text.append(m_begin) ? std::optional{text.take() + ending(fmt::format("{} in the report.", changes()))}
                                : std::nullopt;
  }

  [[nodiscard]] bool append_begin(BoundedText& text) const {
    return text.append(m_begin) && (m_page.rows() == 0 || text.append("\n" + m_page.table_head()));
  }
  /// The first of `most`; how many of them fitted. Likewise below.
  [[nodiscard]] std::size_t append_rows(BoundedText& text, std::size_t most) const {
    std::size_t told = 0;
    while (told < most && text.append(m_page.row(told))) {
      ++told;
    }
    return told;
  }
  [[nodiscard]] std::size_t append_details(BoundedText& text, const LineLimits& limits) const {
    std::size_t told = 0;
    while (told < m_page.details() && text.append("\n" + m_page.detail(told, limits))) {
      ++told;
    }
    return told;
  }

  [[nodiscard]] std::string rows_left(std::size_t told) const {
    return quantity(m_page.rows() - told, "more row of the table", "more rows of the table");
  }
  [[nodiscard]] std::string changes() const { return quantity(m_page.changes(), "change"); }
  [[nodiscard]] std::string ending(std::string_view what) const {
    return (what.empty() ? std::string{} : fmt::format("\nShortened to fit: {}\n", what)) + "\n" + m_page.foot();
  }

  MarkdownPage m_page;
  std::string m_begin;  ///< with the marker
  Room m_room;
};

/// The first line, by which a job finds its comment again. What would end the comment, or is no plain text, is %NN.
Result<std::string> marker(std::string_view key) {
  constexpr std::size_t k_longest = 200;
  std::string text;
  for (const char c : key) {
    const bool plain =
        is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '/' || (c == '-' && !text.ends_with('-'));
    text += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (text.size() > k_longest) {
    return make_error(ErrorCode::usage, fmt::format("the key of a comment may have {} bytes", k_longest));
  }
  return fmt::format("<!-- git-qsnap:pr-comment v1 key={} -->\n", text);
}

Result<void> write_page(const ShortPage& page, const Output& out) {
  const std::optional<std::string> text = page.best();
  if (!text) {
    return make_error(ErrorCode::usage, "the budget has no room for even the counts");
  }
  return out(*text);
}

}  // namespace

Result<void> write_short_markdown(const DiffReport& report, const FaceOptions& options, const Output& out) {
  return write_page({report, options, {}}, out);
}

Result<void> write_github_comment(const DiffReport& report, const FaceOptions& options, const Output& out) {
  QSNAP_ASSIGN(std::string first_line, marker(options.comment_key));
  return write_page({report, options, std::move(first_line)}, out);
}

}  // namespace qsnap::report
