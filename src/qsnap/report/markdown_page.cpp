// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/change_words.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/markdown_page.hpp>
#include <qsnap/report/markdown_text.hpp>
#include <qsnap/report/report_words.hpp>

namespace qsnap::report {

namespace {

constexpr int k_name_columns = 100;
constexpr int k_remark_columns = 300;
constexpr std::size_t k_most_states = 6;
constexpr std::size_t k_most_rules = 10;

std::string_view fate_of(const SnapshotDiff& diff) {
  switch (diff.status) {
    case SnapshotStatus::added:
      return "is new";
    case SnapshotStatus::removed:
      return "is removed";
    case SnapshotStatus::unreadable:
      return "cannot be read";
    case SnapshotStatus::broken:
      return "does not hold";
    case SnapshotStatus::compared:
      break;
  }
  return diff.is_equal() ? "no difference in meaning" : "differs";
}

/// Of two commits, one may not have the snapshot.
std::string side(std::string_view name) {
  return name.empty() ? "nothing" : markdown_code(name, k_name_columns);
}

std::string step(std::uint64_t before, std::uint64_t after) {
  return before == after ? std::to_string(after) : fmt::format("{} → {}", before, after);
}

std::string jobs_cell(const Block& block) {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  for (const StateCount& state : block.states) {
    before += state.before;
    after += state.after;
  }
  return block.states.empty() ? std::string{} : step(before, after);
}

std::string states_cell(const Block& block) {
  std::vector<std::string> cells;
  std::size_t others = 0;
  for (const StateCount& state : block.states) {
    if (state.before == state.after) {
      continue;
    }
    if (cells.size() == k_most_states) {
      ++others;
    } else {
      cells.push_back(markdown_cell_code(state.state, k_name_columns) + " " + step(state.before, state.after));
    }
  }
  if (others > 0) {
    cells.push_back(quantity(others, "more state"));
  }
  return fmt::format("{}", fmt::join(cells, ", "));
}

/// Over all snapshots; empty for none.
std::string ignored_text(const std::vector<Overview>& overviews) {
  std::uint64_t sum = 0;
  std::map<std::string_view, IgnoredWords> by_rule;
  for (const Overview& overview : overviews) {
    sum += overview.ignored;
    for (const IgnoredWords& ignored : overview.ignored_by) {
      const auto [at, is_new] = by_rule.try_emplace(ignored.what, ignored);
      at->second.count += is_new ? 0 : ignored.count;
    }
  }
  std::vector<std::string> rules;
  for (const auto& [rule, ignored] : by_rule) {
    if (rules.size() < k_most_rules) {
      rules.push_back(
          fmt::format("{} {} {}", ignored.count, ignored.preposition, markdown_code(ignored.what, k_name_columns)));
    }
  }
  if (by_rule.size() > rules.size()) {
    rules.push_back(quantity(by_rule.size() - rules.size(), "more rule"));
  }
  return sum == 0 ? std::string{}
                  : fmt::format("{} ignored ({}).", quantity(sum, "difference"), fmt::join(rules, ", "));
}

/// "Warning: `the rule jobs.name matched nothing`".
std::string remark_text(const Remark& remark) {
  return fmt::format("{}: {}\n", remark.kind == Remark::Kind::warning ? "Warning" : "Note",
                     markdown_code(remark.words, k_remark_columns));
}

/// "= job 50  send  payload.requestId: a1 → b2  (jobs.payload.requestId)".
std::string ignored_line(const diff::IgnoredDifference& ignored, int columns) {
  const auto text = [&](std::string_view bytes) { return short_text(bytes, columns); };
  std::string line = fmt::format("= {} {}", to_text(ignored.subject), text(ignored.id));
  if (!ignored.name.empty()) {
    line += "  " + text(ignored.name);
  }
  const std::string rule = text(ignored_word(ignored.rule));
  if (ignored.field.path.empty()) {
    return fmt::format("{}  all of it  ({})", line, rule);
  }
  const FieldWords words = field_words(ignored.field);
  const bool fresh = words.step == FieldWords::Step::appeared, gone = words.step == FieldWords::Step::gone;
  return fmt::format("{}  {}: {} → {}  ({})", line, text(words.path), fresh ? "not there" : text(words.before),
                     gone ? "gone" : text(words.after), rule);
}

std::vector<std::string> ignored_lines(const SnapshotDiff& diff, const LineLimits& limits) {
  const auto& list = diff.changes.ignored_list;
  const std::size_t told = std::min(limits.groups, list.size());
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < told; ++i) {
    lines.push_back(ignored_line(list[i], limits.columns));
  }
  if (told < list.size()) {
    lines.push_back(fmt::format("  … and {} more", list.size() - told));
  }
  return lines;
}

}  // namespace

MarkdownPage::MarkdownPage(const DiffReport& report, const FaceOptions& options)
    : m_report(report), m_lists_ignored(options.show_ignored) {
  m_overviews.reserve(report.snapshots.size());  // rows point into them
  for (std::size_t i = 0; i < report.snapshots.size(); ++i) {
    const SnapshotDiff& diff = report.snapshots[i];
    const Overview& overview = m_overviews.emplace_back(overview_of(diff, options.detail));
    if (diff.is_equal()) {
      continue;
    }
    m_differing.push_back(i);
    if (overview.blocks.empty() || diff.status != SnapshotStatus::compared) {
      m_rows.push_back({i, nullptr});
      continue;
    }
    for (const Block& block : overview.blocks) {
      m_rows.push_back({i, &block});
    }
  }
}

std::uint64_t MarkdownPage::changes() const {
  return std::accumulate(m_overviews.begin(), m_overviews.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Overview& overview) { return sum + overview.changes; });
}

std::string MarkdownPage::verdict() const {
  if (is_single()) {
    const SnapshotDiff& diff = m_report.snapshots.front();
    return fmt::format("{}{} {}", markdown_code(diff.name, k_name_columns), diff.is_equal() ? ":" : "", fate_of(diff));
  }
  const std::uint64_t all = snapshots_of(m_report);
  if (all == 0) {
    return "No queue snapshots to compare";
  }
  return fmt::format("{}: {}", quantity(all, "queue snapshot"),
                     m_differing.empty() ? "no difference in meaning" : snapshot_totals(m_report));
}

std::string MarkdownPage::totals() const {
  const std::string changed = totals_words(totals_of(m_report));
  const std::string ignored = ignored_text(m_overviews);
  return fmt::format("{}{}{}", changed, changed.empty() || ignored.empty() ? "" : " ", ignored);
}

std::string MarkdownPage::head() const {
  const std::string words = totals();
  std::string text = fmt::format("### {}\n", verdict());
  if (!words.empty()) {
    text += fmt::format("\n{}\n", words);
  }
  const std::vector<Remark> remarks = remarks_on(m_report);
  const std::size_t told = std::min(k_most_rules, remarks.size());
  for (std::size_t i = 0; i < told; ++i) {
    text += "\n" + remark_text(remarks[i]);
  }
  return told == remarks.size() ? text
                                : text + fmt::format("\n… and {}\n", quantity(remarks.size() - told, "more warning"));
}

std::string MarkdownPage::table_head() const {
  if (m_rows.empty()) {
    return {};
  }
  return is_single() ? "| Queue | Jobs | States | Changes |\n|---|---:|---|---:|\n"
                     : "| Snapshot | Queue | Jobs | States | Changes |\n|---|---|---:|---|---:|\n";
}

std::string MarkdownPage::row(std::size_t index) const {
  const Row& row = m_rows.at(index);
  const SnapshotDiff& diff = m_report.snapshots[row.snapshot];
  const std::string name = is_single() ? "" : fmt::format("| {} ", markdown_cell_code(diff.name, k_name_columns));
  if (row.block == nullptr) {
    const Overview& overview = m_overviews[row.snapshot];
    const std::string jobs = diff.has_trouble() ? std::string{} : step(overview.jobs_before, overview.jobs_after);
    return fmt::format("{}| all | {} | {} | |\n", name, jobs, fate_of(diff));
  }
  const Block& block = *row.block;
  const std::string label =
      block.queue.empty() ? block.label : markdown_cell_code(block.label, k_name_columns);  // "workers" is ours
  return fmt::format("{}| {} | {} | {} | {} |\n", name, label, jobs_cell(block), states_cell(block),
                     block.changes == 0 ? "" : std::to_string(block.changes));
}

std::string MarkdownPage::detail(std::size_t index, const LineLimits& limits) const {
  const std::size_t at = m_differing.at(index);
  const SnapshotDiff& diff = m_report.snapshots[at];
  const Overview& overview = m_overviews[at];
  const std::string summary =
      diff.status == SnapshotStatus::compared ? quantity(overview.changes, "change") : std::string{fate_of(diff)};
  std::string text = fmt::format("<details{}><summary>{}: {}</summary>\n\n", is_single() ? " open" : "",
                                 markdown_html_code(diff.name, k_name_columns), summary);
  text += fmt::format("{} → {}\n\n", side(diff.sides.before), side(diff.sides.after));
  for (const Remark& remark : remarks_on(diff)) {
    text += remark_text(remark) + "\n";
  }
  text += markdown_fence("diff", diff_lines(diff, overview, limits));
  if (m_lists_ignored && !diff.changes.ignored_list.empty()) {
    text += fmt::format("\nIgnored:\n\n{}", markdown_fence("", ignored_lines(diff, limits)));
  }
  return text + "\n</details>\n";
}

std::string MarkdownPage::foot() const {
  const std::string range = m_report.range.empty() ? "" : markdown_code(m_report.range, k_name_columns) + ", ";
  return fmt::format("Compared {}by git-qsnap {}\n", range, m_report.program_version);
}

}  // namespace qsnap::report
