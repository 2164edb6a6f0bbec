// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/stats_report.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

constexpr std::string_view k_column_gap = "  ";
constexpr std::string_view k_none = "-";

/// Cells in columns: the first one to the left, the others to the right, and a last one to the left, however long.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { add(std::move(head)); }

  /// `note` stands on a line of its own below the row; an empty one does not.
  void add(std::vector<std::string> cells, std::string note = {}) {
    m_rows.push_back({std::move(cells), std::move(note)});
  }

  [[nodiscard]] std::string text(const Style& style) const {
    const std::vector<int> widths = this->widths();
    std::string text;
    for (const Row& row : m_rows) {
      std::string line = pad_right(row.cells.front(), widths.front());
      for (std::size_t i = 1; i + 1 < row.cells.size(); ++i) {
        line += std::string{k_column_gap} + pad_left(row.cells[i], widths[i]);
      }
      line += std::string{k_column_gap} + row.cells.back();
      line.erase(line.find_last_not_of(' ') + 1);
      text += (&row == &m_rows.front() ? style.paint(Tone::faint, line) : line) + "\n";
      text += row.note.empty() ? "" : fmt::format("{}{}\n", k_column_gap, row.note);
    }
    return text;
  }

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string note;
  };

  [[nodiscard]] std::vector<int> widths() const {
    std::vector<int> widths(m_rows.front().cells.size());
    for (const Row& row : m_rows) {
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        widths[i] = std::max(widths[i], display_width(row.cells[i]));
      }
    }
    return widths;
  }

  std::vector<Row> m_rows;  ///< the head first; all with as many cells
};

/// "84.5 %" of `whole` that `part` does without.
std::string saved(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0 || part > whole) {
    return std::string{k_none};
  }
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(whole - part) / static_cast<double>(whole));
}

std::string size_or_none(const std::optional<std::uint64_t>& bytes) {
  return bytes ? byte_size(*bytes) : std::string{k_none};
}

std::string minutes(Instant at) {
  constexpr std::size_t k_minutes = 16;  // "2026-11-20 10:00"
  return readable_instant(at).substr(0, k_minutes);
}

/// Signed, and nothing for no difference.
std::string step(std::uint64_t before, std::uint64_t after) {
  return before == after ? "" : fmt::format("{:+}", number(after) - number(before));
}

/// Sizes of the documents, the oldest first.
std::string drawn_growth(const GrowthStats& growth) {
  std::vector<std::optional<std::uint64_t>> sizes;
  for (auto version = growth.versions.rbegin(); version != growth.versions.rend(); ++version) {
    sizes.push_back(version->problem.empty() ? std::optional{version->document_bytes} : std::nullopt);
  }
  return sparkline(sizes);
}

/// The oldest and the newest version that tell numbers.
std::pair<const VersionStats*, const VersionStats*> ends_of(const GrowthStats& growth) {
  const auto tells = [](const VersionStats& version) { return version.problem.empty(); };
  const auto newest = std::find_if(growth.versions.begin(), growth.versions.end(), tells);
  if (newest == growth.versions.end()) {
    return {nullptr, nullptr};
  }
  return {&*std::find_if(growth.versions.rbegin(), growth.versions.rend(), tells), &*newest};
}

std::string growth_words(const GrowthStats& growth, Sparklines sparklines) {
  std::string text = quantity(growth.versions.size() + growth.more, "version");
  if (const auto [oldest, newest] = ends_of(growth); newest != nullptr && newest != oldest) {
    text += fmt::format(", {} → {}", byte_size(oldest->document_bytes), byte_size(newest->document_bytes));
    text += sparklines == Sparklines::drawn ? fmt::format("  {}", drawn_growth(growth)) : "";
  }
  return text;
}

std::string queue_states(const QueueView& queue) {
  std::string text;
  for (const StateJobs& state : queue.states) {
    if (state.jobs > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", state.jobs, escape_terminal(state.state));
    }
  }
  return text;
}

/// Sums of the snapshots that can be read.
SnapshotStats sum_of(std::span<const SnapshotStats> snapshots) {
  SnapshotStats sum;
  for (const SnapshotStats& snapshot : snapshots) {
    sum.jobs += snapshot.jobs;
    sum.sizes.document += snapshot.sizes.document;
    sum.sizes.file += snapshot.sizes.file;
    if (snapshot.sizes.git) {
      sum.sizes.git = sum.sizes.git.value_or(0) + *snapshot.sizes.git;
    }
  }
  return sum;
}

std::vector<std::string> overview_row(std::string name, const SnapshotStats& snapshot, std::string rest) {
  const SizeStats& sizes = snapshot.sizes;
  return {std::move(name),       fmt::format("{}", snapshot.jobs),  byte_size(sizes.document),
          byte_size(sizes.file), saved(sizes.file, sizes.document), size_or_none(sizes.git),
          std::move(rest)};
}

std::string overview_text(std::span<const SnapshotStats> snapshots, Sparklines sparklines, const Style& style) {
  const bool has_growth = !snapshots.empty() && snapshots.front().growth;
  Table table{{"snapshot", "jobs", "document", "file", "saved", "in Git", has_growth ? "history" : "captured (UTC)"}};
  std::string problems;
  for (const SnapshotStats& snapshot : snapshots) {
    const std::string name = escape_terminal(snapshot.name);
    if (!snapshot.problem.empty()) {
      problems +=
          fmt::format("{}{}{}\n", name, k_column_gap, style.paint(Tone::bad, escape_terminal(snapshot.problem)));
      continue;
    }
    std::string rest = snapshot.growth ? growth_words(*snapshot.growth, sparklines) : minutes(snapshot.captured_at);
    table.add(overview_row(name, snapshot, rest + (snapshot.has_conflicts ? "  (conflicts)" : "")));
  }
  table.add(overview_row(quantity(snapshots.size(), "snapshot"), sum_of(snapshots), ""));
  return table.text(style) + problems;
}

std::string line(std::string_view label, const std::string& text, const Style& style) {
  constexpr int k_label = 12;
  return text.empty() ? std::string{}
                      : fmt::format("{} {}\n", style.paint(Tone::faint, pad_right(label, k_label)), text);
}

std::string section_words(const SizeStats& sizes) {
  std::string text;
  for (const SectionStats& section : sizes.sections) {
    if (section.records > 0) {
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : ", ", model::to_text(section.section), byte_size(section.bytes));
    }
  }
  return text.empty() ? text : fmt::format(" ({})", text);
}

std::string file_words(const SizeStats& sizes) {
  return sizes.is_packed ? fmt::format("{}, {} saved; {} in the stored form", byte_size(sizes.file),
                                       saved(sizes.file, sizes.document), byte_size(sizes.stored))
                         : fmt::format("{}, in the stored form", byte_size(sizes.file));
}

std::string framework_words(const SnapshotStats& snapshot) {
  std::string text;
  for (const FrameworkStats& framework : snapshot.frameworks()) {
    text += fmt::format("{}{}: {} in {}", text.empty() ? "" : "; ", escape_terminal(framework.name),
                        quantity(framework.jobs, "job"), quantity(framework.queues, "queue"));
  }
  return text;
}

std::string error_words(const JobStats& jobs) {
  return fmt::format("{} with an error, {} retried ({})", quantity(jobs.with_error, "job"), jobs.retried,
                     quantity(jobs.retries, "retry", "retries"));
}

std::uint64_t mean(const PayloadStats& payloads) {
  return payloads.jobs == 0 ? 0 : payloads.bytes / payloads.jobs;
}

std::string payload_words(const PayloadStats& payloads) {
  if (payloads.jobs == 0) {
    return "none";
  }
  const std::string job =
      payloads.largest_job.empty() ? "" : fmt::format(" (job {})", escape_terminal(payloads.largest_job));
  return fmt::format("{} in {}, {} on average, {} the largest{}", byte_size(payloads.bytes),
                     quantity(payloads.jobs, "job"), byte_size(mean(payloads)), byte_size(payloads.largest), job);
}

/// "5m after", "3s before".
std::string from_capture(std::int64_t ms) {
  constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t size = ms > 0 ? ms : ms == std::numeric_limits<std::int64_t>::min() ? k_most : -ms;
  return fmt::format("{} {}", rounded_duration(size), ms >= 0 ? "after" : "before");
}

std::string due_words(const DueStats& due) {
  if (due.jobs == 0) {
    return {};
  }
  const std::string overdue = due.overdue > 0 ? fmt::format("; {} overdue", due.overdue) : "";
  return fmt::format("{}: from {} to {} the capture{}", quantity(due.jobs, "job"), from_capture(due.earliest_ms),
                     from_capture(due.latest_ms), overdue);
}

std::string queues_text(const SnapshotStats& snapshot, const Style& style) {
  if (snapshot.queues.empty()) {
    return {};
  }
  Table table{{"queue", "jobs", "errors", "retries", "payloads", "mean", "largest", ""}};
  for (const QueueStats& queue : snapshot.queues) {
    const JobStats jobs = queue.contents.value_or(JobStats{});
    table.add({escape_terminal(queue.queue.queue), fmt::format("{}", queue.jobs()), fmt::format("{}", jobs.with_error),
               fmt::format("{}", jobs.retries), byte_size(jobs.payloads.bytes), byte_size(mean(jobs.payloads)),
               byte_size(jobs.payloads.largest), queue.queue.paused ? "paused" : ""},
              queue_states(queue.queue));
  }
  return "\n" + table.text(style);
}

std::string growth_text(const GrowthStats& growth, Sparklines sparklines, const Style& style) {
  if (growth.versions.empty()) {
    return "\nno commit of this branch has it yet\n";
  }
  Table table{{"version", "jobs", "", "document", "in Git", "commit"}};
  for (std::size_t i = 0; i < growth.versions.size(); ++i) {
    const VersionStats& version = growth.versions[i];
    const VersionStats* before = i + 1 < growth.versions.size() ? &growth.versions[i + 1] : nullptr;
    const bool comparable = before != nullptr && before->problem.empty() && version.problem.empty();
    const std::string commit =
        fmt::format("{} {}", escape_terminal(version.commit.short_id),
                    escape_terminal(version.problem.empty() ? version.commit.subject : version.problem));
    const bool told = version.problem.empty();
    table.add({minutes(version.commit.at), told ? fmt::format("{}", version.jobs) : std::string{k_none},
               comparable ? step(before->jobs, version.jobs) : "",
               told ? byte_size(version.document_bytes) : std::string{k_none}, size_or_none(version.git_bytes),
               commit});
  }
  const std::string more =
      growth.more > 0 ? fmt::format("{} older, see --history\n", quantity(growth.more, "version")) : "";
  return fmt::format("\n{}\n{}{}", style.paint(Tone::strong, growth_words(growth, sparklines)), table.text(style),
                     style.paint(Tone::faint, more));
}

std::string snapshot_paragraph(const SnapshotStats& snapshot, Sparklines sparklines, const Style& style) {
  std::string text = style.paint(Tone::strong, escape_terminal(snapshot.name));
  if (!snapshot.problem.empty()) {
    return fmt::format("{}{}{}\n", text, k_column_gap, style.paint(Tone::bad, escape_terminal(snapshot.problem)));
  }
  text += snapshot.has_conflicts ? style.paint(Tone::bad, "  (conflicts)") + "\n" : "\n";
  text += line("captured", readable_instant(snapshot.captured_at), style);
  text += line("holds", quantity(snapshot.jobs, "job"), style);
  text += line("frameworks", framework_words(snapshot), style);
  text += line("document", byte_size(snapshot.sizes.document) + section_words(snapshot.sizes), style);
  text += line("file", file_words(snapshot.sizes), style);
  text += line("in Git", snapshot.sizes.git ? byte_size(*snapshot.sizes.git) : "", style);
  const JobStats jobs = snapshot.contents().value_or(JobStats{});
  text += line("errors", error_words(jobs), style) + line("payloads", payload_words(jobs.payloads), style);
  text += line("due", due_words(jobs.due), style) + queues_text(snapshot, style);
  return snapshot.growth ? text + growth_text(*snapshot.growth, sparklines, style) : text;
}

}  // namespace

std::string sparkline(std::span<const std::optional<std::uint64_t>> values) {
  constexpr std::array<std::string_view, 8> k_levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::optional<std::uint64_t> least, most;
  for (const auto& value : values) {
    if (value) {
      least = std::min(least.value_or(*value), *value);
      most = std::max(most.value_or(*value), *value);
    }
  }
  std::string text;
  for (const auto& value : values) {
    if (!value) {
      text += ' ';
      continue;
    }
    const double share =
        *most == *least ? 0.5 : static_cast<double>(*value - *least) / static_cast<double>(*most - *least);
    text += k_levels.at(static_cast<std::size_t>(share * (k_levels.size() - 1)));
  }
  return text;
}

std::string stats_text(std::span<const SnapshotStats> snapshots, Sparklines sparklines, const Style& style) {
  if (snapshots.empty()) {
    return "no snapshots yet: git qsnap save NAME keeps the current state\n";
  }
  const bool with_jobs = std::any_of(snapshots.begin(), snapshots.end(),
                                     [](const SnapshotStats& snapshot) { return snapshot.has_contents; });
  if (!with_jobs) {
    return overview_text(snapshots, sparklines, style);
  }
  std::string text;
  for (const SnapshotStats& snapshot : snapshots) {
    text += (text.empty() ? "" : "\n") + snapshot_paragraph(snapshot, sparklines, style);
  }
  return text;
}

}  // namespace qsnap::report
