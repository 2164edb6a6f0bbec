// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/html_text.hpp>
#include <qsnap/report/markdown_text.hpp>

namespace qsnap::report {

namespace {

constexpr std::string_view k_nothing = "(empty)";

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// `text` has one line.
std::string code_span(std::string_view text) {
  if (text.empty()) {
    return std::string{k_nothing};
  }
  const std::string ticks(longest_run_of_backticks(text) + 1, '`');
  // One space on both sides is taken away again, unless there is nothing but spaces.
  const bool blank = text.find_first_not_of(' ') == std::string_view::npos;
  const bool padded =
      !blank && (text.front() == '`' || text.back() == '`' || (text.front() == ' ' && text.back() == ' '));
  return fmt::format("{0}{1}{2}{1}{0}", ticks, padded ? " " : "", text);
}

}  // namespace

std::string markdown_code(std::string_view bytes, int columns) {
  return code_span(short_text(bytes, columns));
}

std::string markdown_cell_code(std::string_view bytes, int columns) {
  std::string cell;
  for (const char c : short_text(bytes, columns)) {
    if (c != '|') {
      cell += c;
    } else if (cell.ends_with('\\')) {
      cell += "\\x7c";  // Readers disagree whether the bar in "\\|" ends the cell.
    } else {
      cell += "\\|";
    }
  }
  return code_span(cell);
}

std::string markdown_html_code(std::string_view bytes, int columns) {
  const std::string text = short_text(bytes, columns);
  return Html{}.raw("<code>").text(text.empty() ? k_nothing : text).raw("</code>").take();
}

std::string markdown_fence(std::string_view language, const std::vector<std::string>& lines) {
  constexpr std::size_t k_shortest = 3;
  std::size_t longest = k_shortest - 1;
  for (const std::string& line : lines) {
    longest = std::max(longest, longest_run_of_backticks(line));
  }
  const std::string ticks(longest + 1, '`');
  std::string text = fmt::format("{}{}\n", ticks, language);
  for (const std::string& line : lines) {
    text += line;
    text += '\n';
  }
  return text + ticks + "\n";
}

}  // namespace qsnap::report
