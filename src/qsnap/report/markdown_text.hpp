// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Bytes from a snapshot in GitHub's Markdown, where they may be no markup, no link, no mention and no reference. Only
/// code spans and fences promise that (entities and backslashes are undone before GitHub looks for "@" and "#"), so all
/// that a snapshot says stands in one. Internal to report; texts are plain bytes and are escaped for a reader, too.
namespace qsnap::report {

/// A code span. Longer texts are cut at `columns`, and say so.
[[nodiscard]] std::string markdown_code(std::string_view bytes, int columns);
/// A code span in a cell of a table, whose columns are split before code is looked for.
[[nodiscard]] std::string markdown_cell_code(std::string_view bytes, int columns);
/// <code> in a line of HTML, such as that of <summary>.
[[nodiscard]] std::string markdown_html_code(std::string_view bytes, int columns);

/// A fence of `language` around lines (which are escaped already), that no backticks in them can end.
[[nodiscard]] std::string markdown_fence(std::string_view language, const std::vector<std::string>& lines);

}  // namespace qsnap::report
