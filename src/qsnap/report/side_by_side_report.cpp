// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/change_words.hpp>
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/styled_text.hpp>
#include <qsnap/report/text_parts.hpp>
#include <qsnap/report/value_layout.hpp>

/// Side by side: what was on the left, what is on the right.
namespace qsnap::report {

namespace {

constexpr int k_least_width = 100;
constexpr std::string_view k_bar = " │ ";
constexpr int k_bar_width = 3;
constexpr int k_hanging = 4;  ///< columns of what is wrapped

class SidePage {
 public:
  SidePage(const SnapshotDiff& diff, const FaceOptions& options)
      : m_diff(diff), m_options(options), m_cell((options.style.width - k_bar_width) / 2) {}

  void titles() {
    row(StyledText{Tone::strong, escape_terminal(m_diff.sides.before)},
        StyledText{Tone::strong, escape_terminal(m_diff.sides.after)});
  }

  void block(const Block& block) {
    m_out += "\n" + m_options.style.paint(Tone::strong, escape_terminal(block.label)) + "\n";
    counts(block);
    const bool full = m_options.detail == Detail::full;
    const std::size_t shown = full ? block.groups.size() : std::min(block.groups.size(), k_folded_rows);
    std::uint64_t changes = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      group(block.groups[i]);
      changes += block.groups[i].count;
    }
    if (changes < block.changes) {
      line(StyledText{Tone::plain, more_words(block.changes - changes, "more change")});
    }
  }

  [[nodiscard]] std::string take() { return std::exchange(m_out, {}); }

 private:
  /// Over both columns.
  void line(const StyledText& text) {
    for (const StyledText& part : text.wrap(m_options.style.width)) {
      m_out += part.paint(m_options.style) + "\n";
    }
  }

  /// One line each as long as they fit; what is wrapped is indented.
  void row(const StyledText& left, const StyledText& right) {
    const std::vector<StyledText> before = cell_lines(left), after = cell_lines(right);
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      m_out += (i < before.size() ? before[i] : StyledText{}).paint(m_options.style, m_cell);
      const bool has_right = i < after.size() && !after[i].empty();
      m_out += has_right ? fmt::format("{}{}\n", k_bar, after[i].paint(m_options.style)) : std::string{" │\n"};
    }
  }

  [[nodiscard]] std::vector<StyledText> cell_lines(const StyledText& text) const {
    if (text.width() <= m_cell) {
      return {text};
    }
    std::vector<StyledText> lines = text.wrap(m_cell - k_hanging);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      lines[i] = StyledText{Tone::plain, std::string(k_hanging, ' ')}.add(lines[i]);
    }
    return lines;
  }

  void counts(const Block& block) {
    std::size_t unchanged = 0;
    for (const StateCount& state : block.states) {
      if (state.before == state.after) {
        ++unchanged;
        continue;
      }
      const std::string name = escape_terminal(state.state);
      row(StyledText{Tone::plain, fmt::format("  {} {}", name, state.before)},
          StyledText{Tone::plain, fmt::format("  {} {}", name, state.after)});
    }
    if (unchanged > 0) {
      row(StyledText{Tone::faint, fmt::format("  = {} unchanged", quantity(unchanged, "state"))}, {});
    }
  }

  void group(const GroupWords& group) {
    StyledText head{group.tone, group.sign};
    head.add(Tone::plain, fmt::format(" {}{}{}  ", escape_terminal(group.who), group.name.empty() ? "" : "  ",
                                      escape_terminal(group.name)));
    line(head.add(group.tone, escape_terminal(group.what)));
    if (!group.ids.empty()) {
      const std::uint64_t more = group.count - group.ids.size();
      line(StyledText{Tone::plain,
                      fmt::format("    {}{}", escape_terminal(fmt::format("{}", fmt::join(group.ids, ", "))),
                                  more > 0 ? fmt::format(", … {} more", more) : "")});
    }
    const bool full = m_options.detail == Detail::full;
    const std::vector<FieldWords> fields = all_fields(group);
    const std::size_t shown = full ? fields.size() : std::min(fields.size(), k_folded_fields);
    for (std::size_t i = 0; i < shown; ++i) {
      field(fields[i]);
    }
    if (shown < fields.size()) {
      line(StyledText{Tone::plain, "    " + more_words(fields.size() - shown, "more field")});
    }
  }

  /// With those that the headline of the text face tells: here they have two columns.
  [[nodiscard]] static std::vector<FieldWords> all_fields(const GroupWords& group) {
    const bool whole = group.kind == diff::ChangeKind::added || group.kind == diff::ChangeKind::removed;
    return whole ? group.fields : field_words(group.changes, Detail::full);
  }

  void field(const FieldWords& words) {
    const SideValues values = side_values(words, m_options.detail);
    const std::string path = escape_terminal(words.path);
    std::string notes =
        words.others > 0 ? fmt::format(", and {}", quantity(words.others, "other value")) : std::string{};
    notes += words.remark.empty() ? "" : "   " + escape_terminal(words.remark);
    const bool has_before = words.step != FieldWords::Step::appeared, has_after = words.step != FieldWords::Step::gone;
    if (words.step == FieldWords::Step::unlisted) {
      line(StyledText{Tone::plain, "    " + path});
      return;
    }
    row(has_before ? cell("  - ", Tone::bad, path, values.before, "") : StyledText{},
        has_after ? cell("  + ", Tone::good, path, values.after, notes) : StyledText{});
  }

  [[nodiscard]] StyledText cell(std::string_view sign, Tone tone, const std::string& path, const StyledText& value,
                                const std::string& notes) const {
    constexpr int k_most_lines = 6;
    StyledText text{tone, sign};
    text.add(Tone::faint, path + ":").add(Tone::plain, " ");
    text.add(value);
    if (m_options.detail == Detail::folded) {
      text = text.cut(k_most_lines * (m_cell - k_hanging) - display_width(notes));
    }
    return text.add(Tone::faint, notes);
  }

  const SnapshotDiff& m_diff;
  const FaceOptions& m_options;
  int m_cell;
  std::string m_out;
};

Result<void> write_snapshot(const DiffReport& report, const SnapshotDiff& diff, const FaceOptions& options,
                            const Output& out) {
  const Overview overview = overview_of(diff, options.detail);
  const bool compared = diff.status == SnapshotStatus::compared && !diff.is_equal();
  if (report.is_set() || !compared) {
    QSNAP_TRY(out(snapshot_heading(report, diff, overview, options.style)));
  }
  if (compared) {
    SidePage page{diff, options};
    page.titles();
    for (const Block& block : overview.blocks) {
      page.block(block);
      QSNAP_TRY(out(page.take()));
    }
    QSNAP_TRY(out("\n"));
  }
  for (const Block& block : overview.blocks) {
    if (!compared) {
      QSNAP_TRY(out(block_heading(diff, block, options.style)));
    }
  }
  return out(snapshot_ending(diff, overview, options));
}

}  // namespace

Result<void> write_side_by_side(const DiffReport& report, const FaceOptions& options, const Output& out) {
  if (options.style.width < k_least_width) {
    QSNAP_TRY(write_text(report, options, out));
    return out(fmt::format("note: side by side wants {} columns; there are {}\n", k_least_width, options.style.width));
  }
  return write_snapshots(report, options.style, out,
                         [&](const SnapshotDiff& diff) { return write_snapshot(report, diff, options, out); });
}

}  // namespace qsnap::report
