// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <tuple>

#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/job_references.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/line_jobs.hpp>
#include <qsnap/diff/matching.hpp>
#include <qsnap/diff/order.hpp>

namespace qsnap::diff {

namespace {

constexpr std::uint32_t k_none = UINT32_MAX;

/// The places of lines that nobody parsed. A document is sorted by place, so the lines of one place are runs, and the
/// ends of a run are found with a few looks.
class PlaceRuns {
 public:
  using PlaceOf = std::function<Result<std::uint32_t>(std::string_view text)>;

  Result<void> add_chunk(std::uint32_t first_line, const model::Chunk& chunk, const PlaceOf& place_of) {
    const std::size_t count = chunk.lines.size();
    for (std::size_t at = 0; at < count;) {
      QSNAP_ASSIGN(const std::uint32_t place, place_of(chunk.lines[at]));
      m_runs.push_back({first_line + static_cast<std::uint32_t>(at), place});
      QSNAP_ASSIGN(at, end_of_run(chunk, at, place, place_of));
    }
    return {};
  }

  /// REQUIRES: the line's chunk was added
  [[nodiscard]] std::uint32_t operator[](std::uint32_t line) const {
    const auto behind = std::upper_bound(m_runs.begin(), m_runs.end(), line,
                                         [](std::uint32_t value, const Run& run) { return value < run.first; });
    return (behind - 1)->place;
  }

 private:
  struct Run {
    std::uint32_t first;
    std::uint32_t place;
  };

  /// Most chunks lie in one place, so the last line is asked first; then steps that double, then halves.
  static Result<std::size_t> end_of_run(const model::Chunk& chunk, std::size_t from, std::uint32_t place,
                                        const PlaceOf& place_of) {
    const std::size_t count = chunk.lines.size();
    QSNAP_ASSIGN(const std::uint32_t last, place_of(chunk.lines[count - 1]));
    if (last == place) {
      return count;
    }
    std::size_t inside = from, outside = count - 1;
    for (std::size_t step = 1; inside + step < outside; step *= 2) {
      QSNAP_ASSIGN(const std::uint32_t found, place_of(chunk.lines[inside + step]));
      if (found != place) {
        outside = inside + step;
        break;
      }
      inside += step;
    }
    while (inside + 1 < outside) {
      const std::size_t middle = inside + (outside - inside) / 2;
      QSNAP_ASSIGN(const std::uint32_t found, place_of(chunk.lines[middle]));
      (found == place ? inside : outside) = middle;
    }
    return outside;
  }

  std::vector<Run> m_runs;
};

/// One job to be looked at field by field. Lines, k_none where the job is not there.
struct Task {
  std::uint32_t before = k_none;
  std::uint32_t after = k_none;
  std::uint32_t place = 0;  ///< where it is listed
  JobFindings findings;
};

/// A pair of lines in one place where order counts.
struct OrderedPair {
  LinePair lines;
  std::uint32_t place = 0;
  std::uint32_t pair = k_none;  ///< index into Matching::pairs; k_none for equal lines
};

class JobComparison {
 public:
  JobComparison(const Comparison& comparison, QueueNames renamed)
      : m_comparison(comparison), m_hasher(comparison.hash, comparison.payloads, comparison.rules, m_places) {
    m_hasher.follow(std::move(renamed));
  }

  Result<JobChanges> run() {
    QSNAP_ASSIGN(SectionLines lines, collect());
    QSNAP_ASSIGN(const std::vector<Task> tasks, find_tasks(lines));
    QSNAP_ASSIGN(m_found.list, changes(lines, tasks));
    return std::move(m_found);
  }

 private:
  /// What pairing needed is gone when the changes come, which need memory themselves.
  Result<std::vector<Task>> find_tasks(SectionLines& lines) {
    const auto captured = m_comparison.rules.waits_since();
    const auto captured_before = captured ? std::optional{captured->before} : std::nullopt;
    const auto captured_after = captured ? std::optional{captured->after} : std::nullopt;
    QSNAP_ASSIGN(std::vector<JobEntry> before, job_entries(lines.before, lines.before_rest, m_hasher, captured_before));
    QSNAP_ASSIGN(std::vector<JobEntry> after, job_entries(lines.after, lines.after_rest, m_hasher, captured_after));
    QSNAP_ASSIGN(const SideReferences before_refs, SideReferences::follow(lines.before, before, m_hasher));
    QSNAP_ASSIGN(const SideReferences after_refs, SideReferences::follow(lines.after, after, m_hasher));
    QSNAP_ASSIGN(const Matching matching,
                 match_jobs(before, after, m_places, job_sketcher(lines.before, before, m_hasher),
                            job_sketcher(lines.after, after, m_hasher), evidence(lines)));
    const ReferringJobs referring{before, after, before_refs, after_refs, matching};
    std::vector<bool> rewired(matching.pairs.size(), false);
    if (!m_comparison.same_meaning()) {
      QSNAP_ASSIGN(rewired, find_rewired(m_comparison, referring, m_hasher));
    }
    if (m_comparison.options.listing == Listing::complete) {
      QSNAP_ASSIGN(m_found.aliases, find_aliases(m_comparison, lines, referring));
    }
    std::vector<Task> tasks = tasks_of(lines, matching, rewired, before, after);
    sort_tasks(tasks);
    return tasks;
  }

  [[nodiscard]] Evidence evidence(const SectionLines& lines) const {
    Evidence evidence{lines.equal.size(), Evidence::Meaning::may_differ};
    for (const SameRecords& same : lines.same) {
      *evidence.equal_jobs += same.count;
    }
    if (m_comparison.same_meaning()) {
      evidence.meaning = Evidence::Meaning::same;
    }
    return evidence;
  }

  Result<SectionLines> collect() {
    const auto place_of_line = [&](std::string_view text) -> Result<std::uint32_t> {
      QSNAP_ASSIGN(const model::Record record, m_comparison.before.parse(model::Section::jobs, text));
      return m_places.intern(place_of(record, m_comparison.payloads));
    };
    return collect_lines(
        m_comparison.before, m_comparison.after, model::Section::jobs, m_comparison.hash, m_comparison.progress,
        [&](std::uint32_t first, const model::Chunk& chunk) { return m_runs.add_chunk(first, chunk, place_of_line); });
  }

  std::vector<Task> tasks_of(const SectionLines& lines, const Matching& matching, const std::vector<bool>& rewired,
                             std::span<const JobEntry> before, std::span<const JobEntry> after) {
    std::vector<Task> tasks;
    std::vector<bool> is_reordered(matching.pairs.size(), false);
    for (const OrderedPair& pair : out_of_order(lines, matching, before, after)) {
      const Place& place = m_places[pair.place];
      if (!m_comparison.rules.is_listing() && m_comparison.rules.ordering(place) == Ordering::free) {
        m_comparison.rules.count_reordered(place);
      } else if (pair.pair == k_none) {
        tasks.push_back({pair.lines.before, pair.lines.after, pair.place, {OrderFinding::reordered}});
      } else {
        is_reordered[pair.pair] = true;
      }
    }
    for (std::size_t i = 0; i < matching.pairs.size(); ++i) {
      const JobEntry& old_job = before[matching.pairs[i].before];
      const JobEntry& new_job = after[matching.pairs[i].after];
      const bool differs = pair_differs(old_job, new_job);
      if (differs || is_reordered[i] || rewired[i]) {
        const JobFindings findings{is_reordered[i] ? OrderFinding::reordered : OrderFinding::kept,
                                   rewired[i] ? ReferenceFinding::rewired : ReferenceFinding::same};
        tasks.push_back({old_job.line, new_job.line, new_job.place, findings});
      } else if (m_comparison.rules.is_listing()) {
        tasks.push_back({old_job.line, new_job.line, new_job.place, {{}, {}, MeaningFinding::same}});
      } else {
        m_comparison.rules.count(k_ignored_volatile);  // the lines differ, the meaning does not
      }
    }
    for (const std::uint32_t entry : matching.removed) {
      tasks.push_back({before[entry].line, k_none, before[entry].place, {}});
    }
    for (const std::uint32_t entry : matching.added) {
      tasks.push_back({k_none, after[entry].line, after[entry].place, {}});
    }
    return tasks;
  }

  bool pair_differs(const JobEntry& before, const JobEntry& after) {
    const WaitVerdict waits = m_comparison.rules.compare_waits(before.wait(), after.wait());
    if (waits == WaitVerdict::within_tolerance && !m_comparison.rules.is_listing()) {
      m_comparison.rules.count(k_ignored_duration);
    }
    return before.place != after.place || before.strictly != after.strictly || before.meaning != after.meaning ||
           waits == WaitVerdict::differ;
  }

  /// The pairs that stayed in their place but not in their order. Places are runs in both documents in the same
  /// order, so one longest increasing subsequence over all of them is the longest of each. Equal chunks that were
  /// never decoded are anchors: who stands on another side of one has moved.
  std::vector<OrderedPair> out_of_order(const SectionLines& lines, const Matching& matching,
                                        std::span<const JobEntry> before, std::span<const JobEntry> after) const {
    if (m_comparison.same_meaning()) {
      return {};  // who changed places is of one meaning
    }
    const std::vector<OrderedPair> pairs = ordered_pairs(lines, matching, before, after);
    std::vector<Standing> standings;
    for (const OrderedPair& pair : pairs) {
      const bool is_edited = pair.pair != k_none && before[matching.pairs[pair.pair].before].meaning !=
                                                        after[matching.pairs[pair.pair].after].meaning;
      standings.push_back({pair.lines.before, pair.lines.after, lines.before.gap(pair.lines.before),
                           lines.after.gap(pair.lines.after),
                           is_edited ? Standing::Otherwise::changed : Standing::Otherwise::same});
    }
    std::vector<OrderedPair> moved;
    for (const std::uint32_t i : diff::out_of_order(standings)) {
      moved.push_back(pairs[i]);
    }
    return moved;
  }

  /// Ascending by the before side.
  std::vector<OrderedPair> ordered_pairs(const SectionLines& lines, const Matching& matching,
                                         std::span<const JobEntry> before, std::span<const JobEntry> after) const {
    std::vector<bool> counts;  // or is counted, where a rule makes it free
    for (std::uint32_t place = 0; place < m_places.size(); ++place) {
      counts.push_back(m_comparison.rules.ordering(m_places[place]) != Ordering::meaningless);
    }
    std::vector<OrderedPair> pairs;
    for (const LinePair& equal : lines.equal) {
      if (const std::uint32_t place = m_runs[equal.before]; counts[place]) {
        pairs.push_back({equal, place, k_none});
      }
    }
    for (std::uint32_t i = 0; i < matching.pairs.size(); ++i) {
      const JobEntry& old_job = before[matching.pairs[i].before];
      const JobEntry& new_job = after[matching.pairs[i].after];
      if (old_job.place == new_job.place && counts[old_job.place]) {
        pairs.push_back({{old_job.line, new_job.line}, old_job.place, i});
      }
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const OrderedPair& a, const OrderedPair& b) { return a.lines.before < b.lines.before; });
    return pairs;
  }

  void sort_tasks(std::vector<Task>& tasks) const {
    const std::vector<std::uint32_t> ranks = m_places.ranks();
    const auto key = [&](const Task& task) {
      const bool removed = task.after == k_none;
      return std::tuple{ranks[task.place], !removed, removed ? task.before : task.after};
    };
    std::sort(tasks.begin(), tasks.end(), [&](const Task& a, const Task& b) { return key(a) < key(b); });
  }

  Result<std::vector<Change>> changes(SectionLines& lines, std::span<const Task> tasks) {
    std::vector<Change> list;
    list.reserve(tasks.size());
    while (!tasks.empty()) {
      QSNAP_TRY(m_comparison.progress.check());
      const std::size_t count = batch_size(lines, tasks);
      QSNAP_ASSIGN(std::vector<Change> batch, batch_changes(lines, tasks.first(count)));
      list.insert(list.end(), std::move_iterator{batch.begin()}, std::move_iterator{batch.end()});
      tasks = tasks.subspan(count);
    }
    return list;
  }

  static std::size_t batch_size(const SectionLines& lines, std::span<const Task> tasks) {
    std::uint64_t bytes = 0;
    std::size_t count = 0;
    while (count < tasks.size() && (count == 0 || bytes < k_batch_bytes)) {
      const Task& task = tasks[count++];
      bytes += task.before == k_none ? 0 : lines.before.estimated_bytes(task.before);
      bytes += task.after == k_none ? 0 : lines.after.estimated_bytes(task.after);
    }
    return count;
  }

  Result<std::vector<Change>> batch_changes(SectionLines& lines, std::span<const Task> tasks) {
    std::vector<std::uint32_t> old_lines, new_lines;
    for (const Task& task : tasks) {
      if (task.before != k_none) {
        old_lines.push_back(task.before);
      }
      if (task.after != k_none) {
        new_lines.push_back(task.after);
      }
    }
    QSNAP_ASSIGN(const LineIndex::Records old_records, lines.before.load(std::move(old_lines)));
    QSNAP_ASSIGN(const LineIndex::Records new_records, lines.after.load(std::move(new_lines)));
    const auto find = [](const LineIndex::Records& records, std::uint32_t line) {
      const auto at = records.find(line);
      return at == records.end() ? nullptr : &at->second;
    };
    std::vector<Change> list;
    for (const Task& task : tasks) {
      QSNAP_ASSIGN(std::optional<Change> change, job_change(m_comparison, find(old_records, task.before),
                                                            find(new_records, task.after), task.findings));
      if (change) {
        if (m_comparison.options.listing == Listing::complete) {
          set_indexes(*change, lines, task);
        }
        list.push_back(*std::move(change));
      }
    }
    return list;
  }

  static void set_indexes(Change& change, const SectionLines& lines, const Task& task) {
    if (task.before != k_none) {
      change.before_index = lines.before.ordinal(task.before);
    }
    if (task.after != k_none) {
      change.after_index = lines.after.ordinal(task.after);
    }
  }

  const Comparison& m_comparison;
  Places m_places;
  JobHasher m_hasher;
  PlaceRuns m_runs;
  JobChanges m_found;
};

}  // namespace

Result<JobChanges> compare_jobs(const Comparison& comparison, QueueNames renamed) {
  return JobComparison{comparison, std::move(renamed)}.run();
}

}  // namespace qsnap::diff
