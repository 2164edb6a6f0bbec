// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/styled_text.hpp>
#include <qsnap/report/text_parts.hpp>
#include <qsnap/report/value_layout.hpp>

/// The text face: queue by queue, alike changes in one line, their fields below.
namespace qsnap::report {

namespace {

constexpr int k_max_name_width = 24;
constexpr int k_max_job_width = 16;  ///< "job 3f2a91c7-4e…"
constexpr int k_max_key_width = 48;
constexpr int k_max_path_width = 36;
constexpr int k_max_what_width = 44;  ///< of those that decide where remarks begin
constexpr int k_field_indent = 6;
constexpr int k_min_value_width = 24;
constexpr int k_gap = 2;

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

/// One line of a block: a group of alike changes, escaped and cut.
struct Row {
  const GroupWords* words = nullptr;
  std::string who;
  std::string name;
  std::string what;
};

struct Widths {
  int who = 0;
  int name = 0;
  int what = 0;
};

class TextBlock {
 public:
  TextBlock(const Block& block, const FaceOptions& options) : m_block(block), m_options(options) {}

  std::string take() {
    const bool full = m_options.detail == Detail::full;
    const std::size_t shown = full ? m_block.groups.size() : std::min(m_block.groups.size(), k_folded_rows);
    std::vector<Row> rows;
    std::uint64_t changes = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      rows.push_back(row(m_block.groups[i]));
      changes += m_block.groups[i].count;
    }
    const Widths widths = widths_of(rows);
    for (const Row& row : rows) {
      print(row, widths);
    }
    if (changes < m_block.changes) {
      m_out += fmt::format("  {}\n", more_words(m_block.changes - changes, "more change"));
    }
    return std::move(m_out);
  }

 private:
  [[nodiscard]] Row row(const GroupWords& group) const {
    Row out{&group, escape_terminal(group.who), escape_terminal(group.name), escape_terminal(group.what)};
    if (m_options.detail == Detail::folded) {
      out.who = cut(out.who, group.subject == diff::Subject::job ? k_max_job_width : k_max_key_width);
      out.name = cut(out.name, k_max_name_width);
    }
    return out;
  }

  static Widths widths_of(const std::vector<Row>& rows) {
    Widths widths;
    for (const Row& row : rows) {
      widths.who = std::max(widths.who, std::min(display_width(row.who), k_max_key_width));
      widths.name = std::max(widths.name, std::min(display_width(row.name), k_max_name_width));
      if (const int what = display_width(row.what); what <= k_max_what_width) {
        widths.what = std::max(widths.what, what);
      }
    }
    return widths;
  }

  void print(const Row& row, const Widths& widths) {
    const GroupWords& group = *row.words;
    m_out += fmt::format("  {} {}  ", m_options.style.paint(group.tone, group.sign), pad_left(row.who, widths.who));
    int column = 4 + std::max(widths.who, display_width(row.who)) + k_gap;
    if (widths.name > 0) {
      m_out += pad_right(row.name, widths.name) + spaces(k_gap);
      column += std::max(widths.name, display_width(row.name)) + k_gap;
    }
    print_what(group, row.what, column);
    if (!group.remark.empty()) {
      print_remark(group, column + std::max(widths.what, display_width(row.what)) + k_gap,
                   column + display_width(row.what));
    }
    m_out += "\n";
    print_ids(group);
    print_fields(group.fields);
  }

  /// Goes on at `column` where enough fits there, else below.
  void print_what(const GroupWords& group, const std::string& what, int column) {
    const StyledText text{group.tone, what};
    const int width = m_options.style.width;
    if (column + text.width() <= width) {
      m_out += text.paint(m_options.style);
      return;
    }
    const bool beside = width - column >= k_min_value_width;
    const int indent = beside ? column : k_field_indent;
    m_out += beside ? "" : "\n" + spaces(indent);
    print_hanging(text.wrap(std::max(width - indent, k_min_value_width)), indent);
  }

  /// The first line goes on where the output stands.
  void print_hanging(const std::vector<StyledText>& lines, int indent) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      m_out += (i == 0 ? "" : "\n" + spaces(indent)) + lines[i].paint(m_options.style);
    }
  }

  /// The error: from column `start` on, behind all words of the block, if there is room; else below. The output stands
  /// at `column`.
  void print_remark(const GroupWords& group, int start, int column) {
    constexpr int k_most_lines = 3;
    const bool beside = m_options.style.width - start >= k_min_value_width;
    const int indent = beside ? start : k_field_indent;
    const int room = std::max(m_options.style.width - indent, k_min_value_width);
    StyledText text{Tone::faint, escape_terminal(group.remark)};
    StyledText others;
    if (group.other_remarks > 0) {
      others.add(Tone::plain, fmt::format(" … and {}", quantity(group.other_remarks, "other message")));
    }
    if (m_options.detail == Detail::folded) {
      text = text.cut(std::max(k_most_lines * room - others.width() - room / 4, room));
    }
    m_out += beside ? spaces(start - column) : "\n" + spaces(indent);
    print_hanging(text.add(others).wrap(room), indent);
  }

  void print_ids(const GroupWords& group) {
    if (group.ids.empty()) {
      return;
    }
    std::vector<std::string> shown;
    for (const std::string& id : group.ids) {
      shown.push_back(cut(escape_terminal(id), k_max_key_width));
    }
    if (group.count > group.ids.size()) {
      shown.push_back(fmt::format("… {} more", group.count - group.ids.size()));
    }
    const StyledText text{Tone::plain, fmt::format("{}", fmt::join(shown, ", "))};
    print_lines(text.wrap(std::max(m_options.style.width - k_field_indent, k_min_value_width)), k_field_indent);
  }

  void print_lines(const std::vector<StyledText>& lines, int indent) {
    for (const StyledText& line : lines) {
      m_out += spaces(indent) + line.paint(m_options.style) + "\n";
    }
  }

  void print_fields(const std::vector<FieldWords>& fields) {
    const bool full = m_options.detail == Detail::full;
    const std::size_t shown = full ? fields.size() : std::min(fields.size(), k_folded_fields);
    int path_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      path_width = std::max(path_width, std::min(display_width(escape_terminal(fields[i].path)), k_max_path_width));
    }
    for (std::size_t i = 0; i < shown; ++i) {
      print_field(fields[i], path_width);
    }
    if (shown < fields.size()) {
      m_out += fmt::format("{}{}\n", spaces(k_field_indent), more_words(fields.size() - shown, "more field"));
    }
  }

  void print_field(const FieldWords& field, int path_width) {
    constexpr int k_path_gap = 3;
    std::string path = escape_terminal(field.path);
    if (m_options.detail == Detail::folded) {
      path = cut(path, k_max_path_width);
    }
    const int column = k_field_indent + std::max(path_width, display_width(path)) + k_path_gap;
    const bool beside = m_options.style.width - column >= k_min_value_width;
    const int indent = beside ? column : k_field_indent + k_gap;
    const int room = std::max(m_options.style.width - indent, k_min_value_width);
    const auto lines = value_lines(field, room, m_options.detail);
    if (!beside) {
      m_out += fmt::format("{}{}\n", spaces(k_field_indent), path);
      print_lines(lines, indent);
      return;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string left =
          i > 0 ? spaces(column) : spaces(k_field_indent) + pad_right(path, column - k_field_indent);
      m_out += lines[i].empty() ? path_alone(path) : left + lines[i].paint(m_options.style) + "\n";
    }
  }

  static std::string path_alone(const std::string& path) { return spaces(k_field_indent) + path + "\n"; }

  const Block& m_block;
  const FaceOptions& m_options;
  std::string m_out;
};

Result<void> write_snapshot(const DiffReport& report, const SnapshotDiff& diff, const FaceOptions& options,
                            const Output& out) {
  const Overview overview = overview_of(diff, options.detail);
  QSNAP_TRY(out(snapshot_heading(report, diff, overview, options.style)));
  for (const Block& block : overview.blocks) {
    QSNAP_TRY(out(block_text(diff, block, options)));
  }
  const std::string ending = snapshot_ending(diff, overview, options);
  return out(overview.blocks.empty() || ending.empty() ? ending : "\n" + ending);
}

}  // namespace

std::string block_text(const SnapshotDiff& diff, const Block& block, const FaceOptions& options) {
  return block_heading(diff, block, options.style) + TextBlock{block, options}.take();
}

Result<void> write_text(const DiffReport& report, const FaceOptions& options, const Output& out) {
  return write_snapshots(report, options.style, out,
                         [&](const SnapshotDiff& diff) { return write_snapshot(report, diff, options, out); });
}

}  // namespace qsnap::report
