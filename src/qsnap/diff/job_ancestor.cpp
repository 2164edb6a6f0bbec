// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/job_ancestor.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/line_jobs.hpp>
#include <qsnap/diff/matching.hpp>

namespace qsnap::diff {

namespace {

/// The line of a record that is equal to `job`; of several, the first.
Result<std::optional<std::uint32_t>> line_of(const model::Record& job, LineIndex& index,
                                             std::span<const std::uint32_t> lines) {
  std::optional<std::uint32_t> found;
  QSNAP_TRY(index.visit(lines, [&](std::uint32_t line, const model::Record& record) -> Result<void> {
    if (!found && record == job) {
      found = line;
    }
    return {};
  }));
  return found;
}

/// The line of the job on the before side that pairs with that line of the after side.
Result<std::optional<std::uint32_t>> paired_line(const Comparison& comparison, SectionLines& lines,
                                                 std::uint32_t wanted) {
  Places places;
  const JobHasher hasher{comparison.hash, comparison.payloads, comparison.rules, places};
  QSNAP_ASSIGN(const std::vector<JobEntry> before, job_entries(lines.before, lines.before_rest, hasher));
  QSNAP_ASSIGN(const std::vector<JobEntry> after, job_entries(lines.after, lines.after_rest, hasher));
  QSNAP_ASSIGN(const Matching matching, match_jobs(before, after, places, job_sketcher(lines.before, before, hasher),
                                                   job_sketcher(lines.after, after, hasher)));
  const auto pair = std::find_if(matching.pairs.begin(), matching.pairs.end(),
                                 [&](const JobPair& candidate) { return after[candidate.after].line == wanted; });
  return pair == matching.pairs.end() ? std::nullopt : std::optional{before[pair->before].line};
}

Result<JobAncestor> find_ancestor(const Comparison& comparison, const model::Record& job) {
  QSNAP_ASSIGN(SectionLines lines, collect_lines(comparison.before, comparison.after, model::Section::jobs,
                                                 comparison.hash, comparison.progress));
  QSNAP_ASSIGN(const std::optional<std::uint32_t> wanted, line_of(job, lines.after, lines.after_rest));
  if (!wanted) {  // its line has an equal on the other side
    return JobAncestor{job, std::nullopt};
  }
  QSNAP_ASSIGN(const std::optional<std::uint32_t> line, paired_line(comparison, lines, *wanted));
  JobAncestor found;
  if (line) {
    QSNAP_ASSIGN(LineIndex::Records records, lines.before.load({*line}));
    found.before = std::move(records.at(*line));
  }
  QSNAP_ASSIGN(found.change, job_change(comparison, found.before ? &*found.before : nullptr, &job, {}));
  return found;
}

}  // namespace

Result<JobAncestor> job_ancestor(const model::RecordSource& before, const model::RecordSource& after,
                                 const model::Record& job, const model::PayloadReader& payloads,
                                 const Progress& progress) {
  if (before.root() == after.root()) {
    return JobAncestor{job, std::nullopt};
  }
  const config::Config no_rules;
  RuleBook rules{no_rules, payloads};
  const KeyedHash hash = KeyedHash::with_random_key();
  return find_ancestor(Comparison{before, after, payloads, rules, hash, progress}, job);
}

}  // namespace qsnap::diff
