// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/overview.hpp>

namespace qsnap::report {

namespace {

using diff::Change;
using diff::Subject;
using Pointers = std::vector<const Change*>;

constexpr std::size_t k_max_ids = 4;  ///< of one group of keys, workers or config entries

GroupWords words_of(const ChangeGroup& group, const QueueLabels& labels) {
  const Change& first = *group.front();
  GroupWords words;
  words.subject = first.subject;
  words.kind = first.kind;
  words.sign = sign_of(first);
  words.tone = tone_of(first);
  words.count = group.size();
  words.who = who(group);
  words.name = first.subject == Subject::key ? std::string{} : first.name;  // of a key, its type: `what` says it
  words.what = what(group, labels);
  words.remark = remark(first);
  words.other_remarks = other_remarks(group);
  if (first.subject == Subject::config && words.remark.empty()) {
    const auto& place = first.after ? first.after : first.before;
    words.remark = place ? labels(place->queue) : std::string{};
  }
  if (first.subject != Subject::job && group.size() > 1) {
    for (std::size_t i = 0; i < std::min(group.size(), k_max_ids); ++i) {
      words.ids.push_back(group[i]->id);
    }
  }
  return words;
}

std::vector<StateCount> states_of(const diff::QueueCounts& counts) {
  std::map<std::string_view, StateCount> by_name;
  for (const auto& [state, jobs] : counts.before) {
    by_name[state].before = jobs;
  }
  for (const auto& [state, jobs] : counts.after) {
    by_name[state].after = jobs;
  }
  std::vector<StateCount> states;
  for (auto& [state, count] : by_name) {
    count.state = state;
    states.push_back(std::move(count));
  }
  std::stable_partition(states.begin(), states.end(),
                        [](const StateCount& count) { return count.before != count.after; });
  return states;
}

bool differs(const diff::QueueCounts& counts) {
  const std::vector<StateCount> states = states_of(counts);
  return !states.empty() && states.front().before != states.front().after;
}

class OverviewBuilder {
 public:
  OverviewBuilder(const SnapshotDiff& diff, Detail detail)
      : m_changes(diff.changes), m_labels(diff.changes), m_detail(detail) {}

  Overview take() {
    add_queues();
    add_others("config", Subject::config);
    add_others("workers", Subject::worker);
    add_others("other keys", Subject::key);
    count_changes();
    count_jobs();
    count_ignored();
    return std::move(m_overview);
  }

 private:
  void add_queues() {
    std::map<std::string_view, Pointers> by_queue;
    for (const auto& [queue, counts] : m_changes.queues) {
      if (differs(counts)) {
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
      Block& block = add_block(m_labels(queue), changes);
      block.queue = queue;
      const auto at = m_changes.queues.find(block.queue);
      block.states = at == m_changes.queues.end() ? std::vector<StateCount>{} : states_of(at->second);
    }
  }

  void add_others(std::string_view label, Subject subject) {
    Pointers changes;
    for (const Change& change : m_changes.list) {
      if (change.subject == subject) {
        changes.push_back(&change);
      }
    }
    if (!changes.empty()) {
      add_block(std::string{label}, changes);
    }
  }

  Block& add_block(std::string label, const Pointers& changes) {
    Block block;
    block.label = std::move(label);
    block.changes = changes.size();
    for (ChangeGroup& group : m_detail == Detail::full ? unfolded(changes) : fold_alike(changes)) {
      block.groups.push_back(words_of(group, m_labels));
      block.groups.back().fields = field_words(group, m_detail);
      block.groups.back().changes = std::move(group);
    }
    return m_overview.blocks.emplace_back(std::move(block));
  }

  void count_changes() {
    std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> moves;
    for (const Change& change : m_changes.list) {
      ++m_overview.totals[change.kind];
      const bool moved = change.subject == Subject::job && change.before && change.after;
      if (moved && change.before->state != change.after->state) {
        ++moves[{change.before->state, change.after->state}];
      }
    }
    m_overview.changes = m_changes.list.size();
    for (const auto& [way, jobs] : moves) {
      m_overview.moves.push_back({std::string{way.first}, std::string{way.second}, jobs});
    }
    std::stable_sort(m_overview.moves.begin(), m_overview.moves.end(),
                     [](const Move& a, const Move& b) { return a.jobs > b.jobs; });
  }

  void count_jobs() {
    for (const auto& [queue, counts] : m_changes.queues) {
      for (const auto& [state, jobs] : counts.before) {
        m_overview.jobs_before += jobs;
      }
      for (const auto& [state, jobs] : counts.after) {
        m_overview.jobs_after += jobs;
      }
    }
  }

  void count_ignored() {
    for (const diff::Ignored& ignored : m_changes.ignored) {
      if (ignored.count > 0) {
        m_overview.ignored_by.push_back({ignored.count, diff::is_default_reason(ignored.rule) ? "in" : "by",
                                         std::string{ignored_word(ignored.rule)}});
        m_overview.ignored += ignored.count;
      }
    }
  }

  const diff::Changes& m_changes;  ///< not owned; outlives the overview
  QueueLabels m_labels;
  Detail m_detail;
  Overview m_overview;
};

std::string size_words(std::string_view verb, std::uint64_t jobs, std::size_t queues) {
  return fmt::format("{}: {} in {}", verb, quantity(jobs, "job"), quantity(queues, "queue"));
}

}  // namespace

Overview overview_of(const SnapshotDiff& diff, Detail detail) {
  return OverviewBuilder{diff, detail}.take();
}

std::string verdict_words(const SnapshotDiff& diff, const Overview& overview) {
  switch (diff.status) {
    case SnapshotStatus::added:
      return size_words("new", overview.jobs_after, diff.changes.queues.size());
    case SnapshotStatus::removed:
      return size_words("removed", overview.jobs_before, diff.changes.queues.size());
    case SnapshotStatus::unreadable:
    case SnapshotStatus::broken:
      return diff.trouble;
    case SnapshotStatus::compared:
      break;
  }
  if (diff.is_equal()) {
    return "no difference in meaning";
  }
  return totals_words(overview.totals);
}

std::string_view total_word(diff::ChangeKind kind) {
  constexpr std::array<std::string_view, 14> k_words = {"added",
                                                        "removed",
                                                        "moved",
                                                        "retried",
                                                        "error changed",
                                                        "payload changed",
                                                        "priority changed",
                                                        "schedule changed",
                                                        "flow changed",
                                                        "paused",
                                                        "resumed",
                                                        "limit changed",
                                                        "reordered",
                                                        "otherwise changed"};
  return k_words.at(static_cast<std::size_t>(kind));
}

std::string totals_words(const KindTotals& totals) {
  std::uint64_t changes = 0;
  std::vector<std::string> parts;
  for (const auto& [kind, count] : totals) {
    changes += count;
    parts.push_back(fmt::format("{} {}", count, total_word(kind)));
  }
  return changes == 0 ? std::string{} : fmt::format("{}: {}.", quantity(changes, "change"), fmt::join(parts, ", "));
}

std::string_view ignored_word(std::string_view rule) {
  if (rule == diff::k_ignored_volatile) {
    return "ids and times";  // a reader of text need not know the words of JSON
  }
  return rule == diff::k_ignored_duration ? "durations within tolerance" : rule;
}

}  // namespace qsnap::report
