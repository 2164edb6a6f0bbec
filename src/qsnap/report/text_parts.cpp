// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/change_words.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/report_words.hpp>
#include <qsnap/report/text_parts.hpp>
#include <qsnap/report/value_layout.hpp>

namespace qsnap::report {

namespace {

/// Whether the heading is all that is told of the snapshot's changes.
bool is_told_at_once(const SnapshotDiff& diff) {
  return diff.status != SnapshotStatus::compared || diff.is_equal();
}

std::string remarks_text(const std::vector<Remark>& remarks, const Style& style) {
  std::string text;
  for (const Remark& remark : remarks) {
    text += style.paint(Tone::warn, escape_terminal(remark_line(remark))) + "\n";
  }
  return text;
}

std::string wrapped(const std::string& text, int width) {
  std::string out;
  if (!text.empty()) {
    for (const StyledText& line : StyledText{Tone::plain, text}.wrap(width)) {
      out += line.paint(Style{}) + "\n";
    }
  }
  return out;
}

std::string ignored_sentence(const Overview& overview) {
  return overview.ignored == 0 ? std::string{}
                               : fmt::format("{} ignored ({}).", quantity(overview.ignored, "difference"),
                                             escape_terminal(ignored_words(overview)));
}

/// One difference that a rule left out: "job 17  send  email waiting   payload.requestId   a → b", in two lines where
/// it is long.
std::string ignored_lines(const diff::IgnoredDifference& ignored, const QueueLabels& labels, int width) {
  constexpr int k_indent = 4, k_least = 24;
  std::string text = fmt::format("{} {}", diff::to_text(ignored.subject), escape_terminal(ignored.id));
  if (!ignored.name.empty()) {
    text += fmt::format("  {}", escape_terminal(ignored.name));
  }
  if (ignored.subject == diff::Subject::job) {
    text += fmt::format("  {} {}", escape_terminal(labels(ignored.place.queue)), escape_terminal(ignored.place.state));
  }
  text = cut(text, width - k_indent);
  if (ignored.field.path.empty()) {
    return fmt::format("    {}   all of it\n", text);
  }
  const FieldWords words = field_words(ignored.field);
  const std::string path = cut(escape_terminal(words.path), width / 2);
  const auto value = [&](int column) { return value_line(words, std::max(width - column, k_least)).paint(Style{}); };
  const std::string one_line = fmt::format("    {}   {}   {}", text, path, value(0));
  if (display_width(one_line) <= width) {
    return one_line + "\n";
  }
  constexpr int k_gaps = 9;
  return fmt::format("    {}\n      {}   {}\n", text, path, value(k_gaps + display_width(path)));
}

/// With --show-ignored: what each rule left out.
std::string ignored_text(const diff::Changes& changes, const FaceOptions& options) {
  constexpr std::size_t k_most = 25;  // of one rule, folded
  const QueueLabels labels{changes};
  std::map<std::string_view, std::vector<const diff::IgnoredDifference*>> by_rule;
  for (const diff::IgnoredDifference& ignored : changes.ignored_list) {
    by_rule[ignored.rule].push_back(&ignored);
  }
  std::string text;
  for (const diff::Ignored& rule : changes.ignored) {
    if (rule.count == 0) {
      continue;
    }
    const std::string name = escape_terminal(ignored_word(rule.rule));
    text += fmt::format("\n  {}: {}\n", options.style.paint(Tone::strong, name), quantity(rule.count, "difference"));
    const auto& list = by_rule[rule.rule];
    const std::size_t shown = options.detail == Detail::full ? list.size() : std::min(list.size(), k_most);
    for (std::size_t i = 0; i < shown; ++i) {
      text += ignored_lines(*list[i], labels, options.style.width);
    }
    if (rule.count > shown) {
      text +=
          fmt::format("    … and {} more{}\n", rule.count - shown, shown < list.size() ? " (--full lists more)" : "");
    }
  }
  return text;
}

/// What stands below the totals and counts.
std::string details_text(const SnapshotDiff& diff, const FaceOptions& options) {
  const std::string ignored = options.show_ignored ? ignored_text(diff.changes, options) : std::string{};
  return ignored + remarks_text(remarks_on(diff), options.style);
}

std::string count_words(const SnapshotDiff& diff, const StateCount& count) {
  const std::string state = escape_terminal(count.state);
  return diff.status == SnapshotStatus::compared ? fmt::format("{} {} → {}", state, count.before, count.after)
                                                 : fmt::format("{} {}", state, std::max(count.before, count.after));
}

}  // namespace

std::string snapshot_heading(const DiffReport& report, const SnapshotDiff& diff, const Overview& overview,
                             const Style& style) {
  const StatusWords status = status_words(diff);
  const bool set = report.is_set();
  const std::string name =
      escape_terminal(set ? diff.name : fmt::format("{} → {}", diff.sides.before, diff.sides.after));
  const std::string sign = set ? style.paint(status.tone, status.sign) + " " : std::string{};
  if (!is_told_at_once(diff)) {
    return fmt::format("{}{}\n", sign, style.paint(Tone::strong, name));
  }
  const std::string verdict = style.paint(status.tone, escape_terminal(verdict_words(diff, overview)));
  return fmt::format("{}{}{} {}\n", sign, name, set ? " " : ":", verdict);
}

std::string block_heading(const SnapshotDiff& diff, const Block& block, const Style& style) {
  constexpr int k_label_width = 16, k_gap = 3;
  const std::string label = escape_terminal(block.label);
  std::string out = "\n" + style.paint(Tone::strong, label);
  int column = display_width(label);
  bool first = true;
  for (const StateCount& state : block.states) {
    if (state.before == state.after) {
      continue;
    }
    const std::string count = count_words(diff, state);
    const int gap = first ? std::max(k_label_width - column, 2) : k_gap;
    if (!first && column + gap + display_width(count) > style.width) {
      out += "\n" + std::string(k_label_width, ' ');
      column = k_label_width;
    } else {
      out += std::string(static_cast<std::size_t>(gap), ' ');
      column += gap;
    }
    out += count;
    column += display_width(count);
    first = false;
  }
  return out + "\n";
}

std::string snapshot_ending(const SnapshotDiff& diff, const Overview& overview, const FaceOptions& options) {
  const std::string verdict = is_told_at_once(diff) ? std::string{} : verdict_words(diff, overview);
  const std::string ignored = ignored_sentence(overview);
  const std::string both = fmt::format("{}{}{}", verdict, verdict.empty() || ignored.empty() ? "" : " ", ignored);
  const int width = options.style.width;
  const bool fits = !ignored.empty() && display_width(both) <= width;
  return fits ? wrapped(both, width) + details_text(diff, options)
              : wrapped(verdict, width) + left_out_text(diff, overview, options);
}

std::string left_out_text(const SnapshotDiff& diff, const Overview& overview, const FaceOptions& options) {
  return wrapped(ignored_sentence(overview), options.style.width) + details_text(diff, options);
}

std::string more_words(std::uint64_t count, std::string_view what) {
  return fmt::format("… and {} (--full lists all)", quantity(count, what));
}

Result<void> write_snapshots(const DiffReport& report, const Style& style, const Output& out,
                             const SnapshotWriter& write) {
  const bool set = report.is_set();
  QSNAP_TRY(out(set ? set_heading(report, style) : std::string{}));
  for (const SnapshotDiff& diff : report.snapshots) {
    QSNAP_TRY(write(diff));
    QSNAP_TRY(out(set ? "\n" : ""));
  }
  return out(set ? set_ending(report, style) : std::string{});
}

std::string set_heading(const DiffReport& report, const Style& style) {
  return report.range.empty() ? std::string{} : style.paint(Tone::strong, escape_terminal(report.range)) + "\n\n";
}

std::string set_ending(const DiffReport& report, const Style& style) {
  const std::string remarks = remarks_text(remarks_on(report), style);
  if (snapshots_of(report) == 0) {
    return "no snapshots differ\n" + remarks;
  }
  const std::string snapshots =
      fmt::format("{}: {}.", quantity(snapshots_of(report), "snapshot"), snapshot_totals(report));
  const std::string changes = totals_words(totals_of(report));
  return wrapped(changes.empty() ? snapshots : fmt::format("{} {}", snapshots, changes), style.width) + remarks;
}

}  // namespace qsnap::report
