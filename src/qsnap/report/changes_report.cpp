// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/changes_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

using diff::Change;
using diff::Subject;

constexpr std::size_t k_max_rows = 25;   ///< of one block, folded
constexpr std::size_t k_max_fields = 8;  ///< of one row, folded
constexpr std::size_t k_max_ids = 4;     ///< of one row that folds keys, workers or config
constexpr int k_max_name_width = 24;
constexpr int k_max_job_width = 16;  ///< "job 3f2a91c7-4e…"
constexpr int k_max_key_width = 48;
constexpr int k_max_path_width = 36;
constexpr int k_field_indent = 6;
constexpr int k_min_value_width = 24;
constexpr std::string_view k_gap = "  ";

/// One line of a block: a group of alike changes, in words.
struct Row {
  std::string who;
  std::string name;
  std::string what;
  Tone tone = Tone::plain;
  std::string remark;
  std::vector<FieldLine> fields;
  std::string ids;
};

struct Widths {
  int who = 0;
  int name = 0;
  int what = 0;
};

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

/// Law 8: such a side may show states that never were.
std::string torn_text(const Sides& sides, const Style& style) {
  std::string text;
  for (const auto& [name, consistency] :
       {std::pair{&sides.before, sides.before_consistency}, std::pair{&sides.after, sides.after_consistency}}) {
    if (consistency == model::Consistency::none) {
      const std::string warning =
          fmt::format("warning: {} is not a point in time (--consistency=none)", escape_terminal(*name));
      text += style.paint(Tone::warn, warning) + "\n";
    }
  }
  return text;
}

std::string notes_text(const Sides& sides, const Style& style) {
  std::string text;
  for (const std::string& note : sides.notes) {
    text += style.paint(Tone::warn, "note: " + escape_terminal(note)) + "\n";
  }
  return text;
}

class TextReport {
 public:
  TextReport(const diff::Changes& changes, Detail detail, const Style& style)
      : m_changes(changes), m_labels(changes), m_detail(detail), m_style(style) {}

  std::string take(const Sides& sides) {
    const std::string before = escape_terminal(sides.before);
    const std::string after = escape_terminal(sides.after);
    if (m_changes.empty()) {
      return fmt::format("{} → {}: {}\n{}", before, after, m_style.paint(Tone::good, "no difference in meaning"),
                         ending(""));
    }
    m_out = m_style.paint(Tone::strong, fmt::format("{} → {}", before, after)) + "\n";
    queue_blocks();
    other_block("config", Subject::config);
    other_block("workers", Subject::worker);
    other_block("other keys", Subject::key);
    return m_out + "\n" + ending(totals());
  }

 private:
  using Pointers = std::vector<const Change*>;

  void queue_blocks() {
    std::map<std::string_view, Pointers> by_queue;
    for (const auto& [queue, counts] : m_changes.queues) {
      if (counts.before != counts.after) {
        by_queue[queue];
      }
    }
    for (const Change& change : m_changes.list) {
      if (change.subject == Subject::job || change.subject == Subject::queue) {
        const auto& place = change.after ? change.after : change.before;
        by_queue[place ? std::string_view{place->queue} : std::string_view{}].push_back(&change);
      }
    }
    for (const auto& [queue, changes] : by_queue) {
      queue_heading(queue);
      rows(changes);
    }
  }

  void other_block(std::string_view title, Subject subject) {
    Pointers changes;
    for (const Change& change : m_changes.list) {
      if (change.subject == subject) {
        changes.push_back(&change);
      }
    }
    if (!changes.empty()) {
      m_out += "\n" + m_style.paint(Tone::strong, title) + "\n";
      rows(changes);
    }
  }

  /// The queue and the states whose counts differ: "email   waiting 109 → 75   completed 16 → 48".
  void queue_heading(std::string_view queue) {
    constexpr int k_label_width = 16;
    const std::string label = m_labels(queue);
    m_out += "\n" + m_style.paint(Tone::strong, label);
    int column = display_width(label);
    bool first = true;
    for (const std::string& count : changed_counts(queue)) {
      const int gap = first ? std::max(k_label_width - column, 2) : 3;
      if (!first && column + gap + display_width(count) > m_style.width) {
        m_out += "\n" + std::string(k_label_width, ' ');
        column = k_label_width;
      } else {
        m_out += std::string(static_cast<std::size_t>(gap), ' ');
        column += gap;
      }
      m_out += count;
      column += display_width(count);
      first = false;
    }
    m_out += "\n";
  }

  std::vector<std::string> changed_counts(std::string_view queue) const {
    const auto at = m_changes.queues.find(std::string{queue});
    if (at == m_changes.queues.end()) {
      return {};
    }
    std::map<std::string_view, std::array<std::uint64_t, 2>> states;
    for (const auto& [state, count] : at->second.before) {
      states[state][0] = count;
    }
    for (const auto& [state, count] : at->second.after) {
      states[state][1] = count;
    }
    std::vector<std::string> out;
    for (const auto& [state, counts] : states) {
      if (counts[0] != counts[1]) {
        out.push_back(fmt::format("{} {} → {}", escape_terminal(state), counts[0], counts[1]));
      }
    }
    return out;
  }

  void rows(const Pointers& changes) {
    const bool full = m_detail == Detail::full;
    std::vector<ChangeGroup> groups = full ? unfolded(changes) : fold_alike(changes);
    const std::size_t left_out = full || groups.size() <= k_max_rows ? 0 : groups.size() - k_max_rows;
    std::uint64_t changes_left_out = 0;
    for (std::size_t i = groups.size() - left_out; i < groups.size(); ++i) {
      changes_left_out += groups[i].size();
    }
    groups.resize(groups.size() - left_out);
    std::vector<Row> lines;
    lines.reserve(groups.size());
    for (const ChangeGroup& group : groups) {
      lines.push_back(row(group));
    }
    print_rows(lines);
    if (left_out > 0) {
      m_out += fmt::format("  … and {} (--full lists all)\n", quantity(changes_left_out, "more change"));
    }
  }

  Row row(const ChangeGroup& group) const {
    const Change& first = *group.front();
    const bool full = m_detail == Detail::full;
    const int who_width = first.subject == Subject::job ? k_max_job_width : k_max_key_width;
    Row out{full ? who(group) : cut(who(group), who_width),
            full ? escape_terminal(first.name) : cut(escape_terminal(first.name), k_max_name_width),
            what(first, m_labels),
            tone_of(first),
            remark(first),
            field_lines(group, m_detail),
            {}};
    if (first.subject != Subject::job && group.size() > 1) {
      out.ids = ids(group);
    }
    if (first.subject == Subject::config && first.after) {
      out.remark = m_labels(first.after->queue);
    }
    return out;
  }

  static std::string ids(const ChangeGroup& group) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(group.size(), k_max_ids); ++i) {
      shown.push_back(cut(escape_terminal(group[i]->id), k_max_key_width));
    }
    if (group.size() > k_max_ids) {
      shown.push_back(fmt::format("… {} more", group.size() - k_max_ids));
    }
    return join(shown, ", ");
  }

  void print_rows(const std::vector<Row>& lines) {
    Widths widths;
    for (const Row& line : lines) {
      widths.who = std::max(widths.who, display_width(line.who));
      widths.name = std::max(widths.name, display_width(line.name));
      widths.what = std::max(widths.what, display_width(line.what));
    }
    for (const Row& line : lines) {
      print_row(line, widths);
    }
  }

  void print_row(const Row& line, const Widths& widths) {
    m_out += k_gap;
    m_out += pad_left(line.who, widths.who);
    m_out += k_gap;
    int column = 2 * static_cast<int>(k_gap.size()) + widths.who;
    if (widths.name > 0) {
      m_out += pad_right(line.name, widths.name);
      m_out += k_gap;
      column += widths.name + static_cast<int>(k_gap.size());
    }
    m_out += m_style.paint(line.tone, line.what);
    if (!line.remark.empty()) {
      print_remark(line, widths, column);
    }
    m_out += "\n";
    if (!line.ids.empty()) {
      m_out += std::string(k_field_indent, ' ') + line.ids + "\n";
    }
    print_fields(line.fields);
  }

  void print_remark(const Row& line, const Widths& widths, int column) {
    const int start = column + widths.what + static_cast<int>(k_gap.size());
    const bool beside = m_style.width - start >= k_min_value_width;
    if (beside) {
      m_out += std::string(static_cast<std::size_t>(widths.what - display_width(line.what)), ' ');
      m_out += k_gap;
    } else {
      m_out += "\n" + std::string(k_field_indent, ' ');
    }
    const int width = std::max(m_style.width - (beside ? start : k_field_indent), k_min_value_width);
    m_out += m_style.paint(Tone::faint, m_detail == Detail::full ? line.remark : cut(line.remark, width));
  }

  void print_fields(const std::vector<FieldLine>& fields) {
    const std::size_t shown = m_detail == Detail::full ? fields.size() : std::min(fields.size(), k_max_fields);
    int path_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      path_width = std::max(path_width, std::min(display_width(fields[i].path), k_max_path_width));
    }
    for (std::size_t i = 0; i < shown; ++i) {
      const std::string path = m_detail == Detail::full ? fields[i].path : cut(fields[i].path, k_max_path_width);
      const int room = std::max(m_style.width - k_field_indent - path_width - 3, k_min_value_width);
      const int width = m_detail == Detail::full ? k_unlimited : room;
      m_out +=
          fmt::format("{:{}}{}   {}\n", "", k_field_indent, pad_right(path, path_width), change_text(fields[i], width));
    }
    if (shown < fields.size()) {
      m_out += fmt::format("{:{}}… and {} (--full lists all)\n", "", k_field_indent,
                           quantity(fields.size() - shown, "more field"));
    }
  }

  std::string totals() const {
    std::map<diff::ChangeKind, std::uint64_t> counts;
    for (const Change& change : m_changes.list) {
      ++counts[change.kind];
    }
    std::vector<std::string> parts;
    for (const auto& [kind, count] : counts) {
      parts.push_back(fmt::format("{} {}", count, total_word(kind)));
    }
    return fmt::format("{}: {}.", quantity(m_changes.list.size(), "change"), join(parts, ", "));
  }

  /// The last lines: totals, what was ignored, and rules that did nothing.
  std::string ending(std::string text) const {
    std::uint64_t count = 0;
    std::vector<std::string> rules;
    for (const diff::Ignored& ignored : m_changes.ignored) {
      if (ignored.count > 0) {
        count += ignored.count;
        // The schema of `diff --json` calls it volatile, like the records; a reader of text need not know the word.
        const std::string rule = ignored.rule == "volatile" ? "ids and times" : escape_terminal(ignored.rule);
        rules.push_back(fmt::format("{} {}", rule, ignored.count));
      }
    }
    if (count > 0) {
      text += text.empty() ? "" : " ";
      text += fmt::format("{} ignored ({}).", quantity(count, "difference"), join(rules, ", "));
    }
    text += text.empty() ? "" : "\n";
    for (const std::string& rule : m_changes.unmatched_rules) {
      text += m_style.paint(Tone::warn, fmt::format("warning: the rule {} matched nothing", escape_terminal(rule)));
      text += "\n";
    }
    return text;
  }

  static constexpr int k_unlimited = 1 << 30;

  const diff::Changes& m_changes;  ///< not owned; outlives the report
  QueueLabels m_labels;
  Detail m_detail;
  Style m_style;
  std::string m_out;
};

}  // namespace

std::string changes_text(const diff::Changes& changes, const Sides& sides, Detail detail, const Style& style) {
  return TextReport{changes, detail, style}.take(sides) + torn_text(sides, style) + notes_text(sides, style);
}

}  // namespace qsnap::report
