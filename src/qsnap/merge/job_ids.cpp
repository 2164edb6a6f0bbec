// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/merge/job_ids.hpp>

namespace qsnap::merge {

namespace {

using model::Record;

class JobIds {
 public:
  JobIds(const Context& context, JobWork& work, const HighestIds& counters)
      : m_context(context), m_work(work), m_counters(counters) {}

  Result<HighestIds> run() {
    for (const JobLineage* side : {&m_work.ours, &m_work.theirs}) {
      for (const auto& [queue, number] : side->highest_ids()) {
        std::int64_t& highest = m_highest[queue];
        highest = std::max(highest, number);
      }
    }
    QSNAP_TRY(follow_renamed());
    gather_ours();
    for (std::size_t i = 0; i < m_work.steps.size(); ++i) {
      QSNAP_TRY(settle(i));
    }
    return std::move(m_highest);
  }

 private:
  /// A job has one id in the result: those of the other side that refer to it follow.
  Result<void> follow_renamed() {
    if (!m_work.ours.has_references() && !m_work.theirs.has_references()) {
      return {};
    }
    std::unordered_set<std::uint32_t> takes_theirs;
    for (const JobStep& step : m_work.steps) {
      if (step.base != k_none && step.has_id_of_theirs()) {
        takes_theirs.insert(step.base);
      }
    }
    struct Ids {
      JobId ours;
      JobId theirs;
    };
    std::map<std::uint32_t, Ids> ids;
    QSNAP_ASSIGN(auto by_ours, m_work.ours.find_renamed(m_context.payloads));
    for (JobLineage::Renamed& renamed : by_ours) {
      ids[renamed.base] = {std::move(renamed.after), std::move(renamed.before)};
    }
    QSNAP_ASSIGN(auto by_theirs, m_work.theirs.find_renamed(m_context.payloads));
    for (JobLineage::Renamed& renamed : by_theirs) {
      const auto [at, fresh] = ids.try_emplace(renamed.base);
      at->second.theirs = std::move(renamed.after);
      if (fresh) {
        at->second.ours = std::move(renamed.before);
      }
    }
    for (auto& [base, both] : ids) {
      if (both.ours.id == both.theirs.id) {
        continue;
      }
      if (takes_theirs.contains(base)) {
        m_work.ours_ids.set(both.ours.queue, both.ours.id, std::move(both.theirs.id));
      } else {
        m_work.theirs_ids.set(both.theirs.queue, both.theirs.id, std::move(both.ours.id));
      }
    }
    return {};
  }

  /// The ids that jobs have from ours. Jobs that both sides have as base has them need no looking at: theirs would have
  /// the id twice.
  void gather_ours() {
    std::unordered_map<std::uint32_t, const JobStep*> steps;
    for (const JobStep& step : m_work.steps) {
      if (step.ours != k_none) {
        steps.emplace(step.ours, &step);
      }
    }
    for (const JobFacts& facts : m_work.ours.side_facts()) {
      const auto step = steps.find(facts.ordinal);
      const bool gives_up =
          step != steps.end() && (step->second->seat == Seat::dropped || step->second->has_id_of_theirs());
      if (facts.id != 0 && !gives_up) {
        m_owners.emplace(facts.id, facts.ordinal);
      }
    }
  }

  Result<void> settle(std::size_t at) {
    const JobStep step = m_work.steps[at];
    if (!step.has_id_of_theirs()) {
      return {};
    }
    const JobFacts* const facts = m_work.theirs.side_facts(step.theirs);
    const auto owner = facts != nullptr && facts->id != 0 ? m_owners.find(facts->id) : m_owners.end();
    if (owner == m_owners.end() || owner->second == step.ours) {
      return {};
    }
    JobStep theirs_alone = step;
    theirs_alone.content = Content::theirs;
    StepLoader loader{m_work};
    QSNAP_ASSIGN(const auto records, loader.load({&theirs_alone, 1}));
    const Record& record = records.front().theirs.value();
    const std::string queue = diff::plain_member(record, "queue", m_context.payloads);
    const std::string id = diff::plain_member(record, "id", m_context.payloads);
    // A body that is a verbatim key has the id in the key's name.
    if (!parse_integer(id) || record.fields.contains("id") || record.fields.contains("body")) {
      return give_up(at, owner->second, record);
    }
    QSNAP_TRY(count_all(queue));
    std::int64_t& highest = m_highest[queue];
    if (highest == INT64_MAX) {
      return give_up(at, owner->second, record);
    }
    m_work.theirs_ids.set(queue, id, fmt::format("{}", ++highest));
    m_context.findings.decide("renumbered", about(record, m_context.payloads), ".id");
    return {};
  }

  /// Above which number an id is free: the counters know, or else the jobs do.
  Result<void> count_all(const std::string& queue) {
    if (!m_counted.insert(queue).second) {
      return {};
    }
    std::int64_t& highest = m_highest[queue];
    if (const auto counter = m_counters.find(queue); counter != m_counters.end()) {
      highest = std::max(highest, counter->second);
      return {};
    }
    for (const model::RecordSource* source : {&m_context.ours, &m_context.theirs}) {
      QSNAP_TRY(for_each_record(*source, model::Section::jobs, [&](const Record& job) -> Result<void> {
        const auto number = parse_integer(diff::plain_member(job, "id", m_context.payloads));
        if (number && diff::plain_member(job, "queue", m_context.payloads) == queue) {
          highest = std::max(highest, *number);
        }
        return {};
      }));
    }
    return {};
  }

  void drop(std::uint32_t ours) {
    const auto step = std::find_if(m_work.steps.begin(), m_work.steps.end(),
                                   [&](const JobStep& candidate) { return candidate.ours == ours; });
    if (step != m_work.steps.end()) {
      step->seat = Seat::dropped;
    } else {
      m_work.steps.push_back({.base = m_work.ours.base_of(ours), .ours = ours, .seat = Seat::dropped});
    }
  }

  /// Two jobs cannot have one id: ours has it, unless a rule says otherwise.
  Result<void> give_up(std::size_t at, std::uint32_t owner, const Record& theirs) {
    const JobStep owners{.ours = owner, .content = Content::ours};
    StepLoader loader{m_work};
    QSNAP_ASSIGN(const auto records, loader.load({&owners, 1}));
    const auto& ours = records.front().ours;
    const auto side = m_context.records.side_by_rule(theirs);
    if (side) {
      m_context.findings.decide(rule_of(*side), about(theirs, m_context.payloads));
    }
    if (side == Side::theirs) {
      drop(owner);
      return {};
    }
    JobStep& step = m_work.steps[at];
    if (step.ours == k_none) {
      step.seat = Seat::dropped;
    } else {
      step.content = Content::merged;
      step.volatiles = Side::ours;
      step.in_conflict = true;
    }
    return side ? Result<void>{}
                : m_context.findings.add({ConflictKind::collision, about(theirs, m_context.payloads), ".id",
                                          std::nullopt, ours ? std::optional{record_text(*ours)} : std::nullopt,
                                          record_text(theirs)});
  }

  const Context& m_context;
  JobWork& m_work;
  const HighestIds& m_counters;
  HighestIds m_highest;
  std::unordered_map<std::uint64_t, std::uint32_t> m_owners;  ///< id → ordinal of ours
  std::set<std::string, std::less<>> m_counted;               ///< queues whose highest id is known
};

/// The ids, as `side` has them, of jobs that are not in the result because `other` removed them.
std::unordered_set<std::uint64_t> removed_by(const JobLineage& other, const JobLineage& side) {
  std::unordered_set<std::uint64_t> ids;
  for (const JobFacts& facts : other.base_facts()) {
    const Fate fate = side.fate(facts.ordinal);
    if (other.fate(facts.ordinal) != Fate::gone || (fate != Fate::same && fate != Fate::noise)) {
      continue;
    }
    const JobFacts* const renamed = side.side_facts(side.side_of(facts.ordinal));
    ids.insert(renamed != nullptr ? renamed->id : facts.id);
  }
  ids.erase(0);
  return ids;
}

/// Whether the result has the links of a job as a side has it: of jobs of ours all but for those of which a step says
/// something else, of jobs of theirs those that a step takes.
class Taken {
 public:
  Taken(const JobWork& work, Side side) : m_side(side) {
    for (const JobStep& step : work.steps) {
      const std::uint32_t job = side == Side::ours ? step.ours : step.theirs;
      const Content other = side == Side::ours ? Content::theirs : Content::ours;
      const bool takes_it = step.seat != Seat::dropped && step.content != other;
      if (job != k_none && takes_it == (side == Side::theirs)) {
        m_exceptions.insert(job);
      }
    }
  }

  [[nodiscard]] bool contains(std::uint32_t job) const {
    return m_exceptions.contains(job) == (m_side == Side::theirs);
  }

 private:
  Side m_side;
  std::unordered_set<std::uint32_t> m_exceptions;
};

Result<void> check_side(const Context& context, JobWork& work, Side which) {
  JobLineage& side = which == Side::ours ? work.ours : work.theirs;
  const auto removed = removed_by(which == Side::ours ? work.theirs : work.ours, side);
  if (removed.empty()) {
    return {};
  }
  const Taken taken{work, which};
  std::vector<std::uint32_t> lines;
  for (const Reference& reference : side.references()) {
    if (taken.contains(reference.ordinal) && removed.contains(reference.target)) {
      lines.push_back(*side.side_lines().line_at(reference.ordinal));
    }
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return side.side_lines().visit(lines, [&](std::uint32_t, const Record& record) -> Result<void> {
    Conflict conflict{ConflictKind::reference, about(record, context.payloads), ".refs", {}, {}, {}};
    const auto refs = record.fields.find("refs");
    (which == Side::ours ? conflict.ours : conflict.theirs) = std::string{refs.value_or("[]")};
    return context.findings.add(std::move(conflict));
  });
}

}  // namespace

Result<HighestIds> settle_ids(const Context& context, JobWork& work, const HighestIds& counters) {
  return JobIds{context, work, counters}.run();
}

Result<void> check_references(const Context& context, JobWork& work) {
  QSNAP_TRY(check_side(context, work, Side::ours));
  return check_side(context, work, Side::theirs);
}

}  // namespace qsnap::merge
