// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>

#include <fmt/format.h>

#include <qsnap/merge/job_decisions.hpp>

namespace qsnap::merge {

namespace {

using diff::JobEntry;

constexpr std::string_view k_removed_by_ours = "removed by ours", k_removed_by_theirs = "removed by theirs";

/// How many jobs of each place must not be paired.
using Unpaired = std::map<std::uint32_t, std::uint32_t>;

/// Pairs the entries of both lists that have equal keys, the first with the first; an entry without a key waits.
template <class KeyOf>
void pair_by(JobWork& work, const KeyOf& key_of, Unpaired unpaired) {
  std::multimap<typename std::invoke_result_t<KeyOf, const JobEntry&>::value_type, std::uint32_t> by_key;
  for (const JobEntry& entry : work.ours.added()) {
    if (const auto key = key_of(entry); key && !work.twin_of_ours.contains(entry.line)) {
      by_key.emplace(*key, entry.line);
    }
  }
  for (const JobEntry& entry : work.theirs.added()) {
    const auto key = work.twin_of_theirs.contains(entry.line) ? std::nullopt : key_of(entry);
    const auto twin = key ? by_key.lower_bound(*key) : by_key.end();
    if (twin == by_key.end() || twin->first != *key) {
      continue;
    }
    if (const auto apart = unpaired.find(entry.place); apart != unpaired.end() && apart->second > 0) {
      --apart->second;
      by_key.erase(twin);
    } else {
      work.twin_of_ours.emplace(twin->second, entry.line);
      work.twin_of_theirs.emplace(entry.line, twin->second);
      by_key.erase(twin);
    }
  }
}

/// Where both sides were captured anew, a job that got another payload can look like one that went and one that came.
/// If each side lost a job that the other one kept, what came may be those two, however equal it is now: so many are
/// not one job.
Unpaired jobs_that_crossed(const JobWork& work) {
  Unpaired by_ours, by_theirs, crossed;
  if (!work.ours.is_captured_anew() || !work.theirs.is_captured_anew()) {
    return crossed;
  }
  for (const JobFacts& facts : work.ours.base_facts()) {
    const bool left_ours = work.ours.fate(facts.ordinal) == Fate::gone;
    const bool left_theirs = work.theirs.fate(facts.ordinal) == Fate::gone;
    by_ours[facts.place] += left_ours && !left_theirs ? 1 : 0;
    by_theirs[facts.place] += left_theirs && !left_ours ? 1 : 0;
  }
  for (const auto& [place, count] : by_ours) {
    crossed[place] = std::min(count, by_theirs[place]);
  }
  return crossed;
}

class JobDecisions {
 public:
  JobDecisions(const Context& context, JobWork& work) : m_context(context), m_work(work) {}

  Result<void> run() {
    count_ours();
    for (const JobFacts& facts : m_work.theirs.base_facts()) {
      decide(facts);
    }
    for (const JobEntry& entry : m_work.theirs.added()) {
      const auto twin = m_work.twin_of_theirs.find(entry.line);
      if (twin != m_work.twin_of_theirs.end()) {
        m_contested.push_back({.ours = twin->second, .theirs = entry.line, .content = Content::merged});
      } else {
        m_work.steps.push_back({.theirs = entry.line, .place = entry.place, .seat = Seat::inserted});
        m_context.findings.count("added by theirs");
      }
    }
    return settle();
  }

 private:
  /// What ours alone did needs no step: it stands in ours.
  void count_ours() {
    for (const JobFacts& facts : m_work.ours.base_facts()) {
      if (m_work.theirs.fate(facts.ordinal) == Fate::same) {
        m_context.findings.count(rule(m_work.ours.fate(facts.ordinal), Side::ours));
      }
    }
    for (const JobEntry& entry : m_work.ours.added()) {
      if (!m_work.twin_of_ours.contains(entry.line)) {
        m_context.findings.count("added by ours");
      }
    }
  }

  static std::string_view rule(Fate fate, Side side) {
    const bool ours = side == Side::ours;
    switch (fate) {
      case Fate::noise:
        return ours ? "volatile from ours" : "volatile from theirs";
      case Fate::moved:
        return ours ? "moved by ours" : "moved by theirs";
      case Fate::gone:
        return ours ? k_removed_by_ours : k_removed_by_theirs;
      case Fate::same:
      case Fate::changed:
        break;
    }
    return ours ? "changed by ours" : "changed by theirs";
  }

  /// One job of base that theirs has not as it was.
  void decide(const JobFacts& facts) {
    const std::uint32_t base = facts.ordinal;
    const Fate ours = m_work.ours.fate(base), theirs = m_work.theirs.fate(base);
    JobStep step{.base = base, .ours = m_work.ours.side_of(base), .theirs = m_work.theirs.side_of(base)};
    const bool ours_is_quiet = ours == Fate::same || ours == Fate::noise;
    if (theirs == Fate::gone && ours == Fate::gone) {
      m_context.findings.count("removed by both");
    } else if (theirs == Fate::gone && ours_is_quiet) {
      step.seat = Seat::dropped;
      m_work.steps.push_back(step);
      m_context.findings.count(k_removed_by_theirs);
    } else if (theirs == Fate::noise && ours == Fate::gone) {
      m_context.findings.count(k_removed_by_ours);
    } else if (ours == Fate::noise && theirs == Fate::noise) {
      take_later(step);
    } else if (ours == Fate::same) {
      step.place = m_work.theirs.side_facts(step.theirs)->place;
      step.seat = theirs == Fate::moved ? Seat::inserted : Seat::stays;
      m_work.steps.push_back(step);
      m_context.findings.count(rule(theirs, Side::theirs));
    } else {
      step.content = Content::merged;
      m_contested.push_back(step);
    }
  }

  /// Neither side has anything else to say than what is volatile.
  void take_later(JobStep step) {
    m_context.findings.count(m_context.later == Side::ours ? "volatile from ours" : "volatile from theirs");
    if (m_context.later == Side::theirs) {
      step.place = m_work.theirs.side_facts(step.theirs)->place;
      m_work.steps.push_back(step);
    }
  }

  /// The jobs that both sides touched.
  Result<void> settle() {
    StepLoader loader{m_work};
    for (std::span<const JobStep> rest = m_contested; !rest.empty();) {
      QSNAP_TRY(m_context.progress.check());
      const auto batch = rest.first(loader.batch_size(rest));
      QSNAP_ASSIGN(const std::vector<StepRecords> records, loader.load(batch));
      for (std::size_t i = 0; i < batch.size(); ++i) {
        QSNAP_TRY(settle(batch[i], records[i]));
      }
      rest = rest.subspan(batch.size());
    }
    return {};
  }

  Result<void> settle(const JobStep& step, const StepRecords& records) {
    if (!records.ours || !records.theirs) {
      return settle_removed(step, records);
    }
    if (*records.ours == *records.theirs) {
      m_context.findings.count("same on both sides");
      return {};
    }
    const Versions versions{records.base ? &*records.base : nullptr, &*records.ours, &*records.theirs};
    QSNAP_ASSIGN(MergedRecord merged, m_context.records.merge(versions));
    const bool in_conflict = !merged.conflicts.empty();
    if (const auto side = lone_editor(step); side && !in_conflict && merged.decisions.empty()) {
      m_context.findings.count(rule(fate_on(*side, step), *side));
    } else {
      QSNAP_TRY(report(merged, *records.ours));
    }
    if (step.base == k_none) {
      note_ids(*records.ours, *records.theirs, merged.volatiles);
    }
    if (merged.record == *records.ours) {
      return {};
    }
    JobStep settled = step;
    settled.place = m_context.places.intern(diff::place_of(merged.record, m_context.payloads));
    settled.volatiles = merged.volatiles;
    settled.in_conflict = in_conflict;
    settled.seat = settled.place == m_work.ours.side_facts(step.ours)->place ? Seat::stays : Seat::inserted;
    m_work.steps.push_back(settled);
    return {};
  }

  [[nodiscard]] Fate fate_on(Side side, const JobStep& step) const {
    return (side == Side::ours ? m_work.ours : m_work.theirs).fate(step.base);
  }

  /// The one side that has more to say of a job than what is volatile.
  [[nodiscard]] std::optional<Side> lone_editor(const JobStep& step) const {
    if (step.base == k_none) {
      return std::nullopt;
    }
    const bool ours_is_noise = fate_on(Side::ours, step) == Fate::noise;
    const bool theirs_is_noise = fate_on(Side::theirs, step) == Fate::noise;
    return ours_is_noise == theirs_is_noise ? std::nullopt : std::optional{ours_is_noise ? Side::theirs : Side::ours};
  }

  Result<void> report(MergedRecord& merged, const model::Record& ours) {
    for (const ValueDecision& decision : merged.decisions) {
      m_context.findings.decide(fmt::format("rule {}", to_text(decision.policy)), about(ours, m_context.payloads),
                                decision.path);
    }
    if (merged.conflicts.empty() && merged.decisions.empty()) {
      m_context.findings.decide("merged by member", about(ours, m_context.payloads));
    }
    for (Conflict& conflict : merged.conflicts) {
      QSNAP_TRY(m_context.findings.add(std::move(conflict)));
    }
    return {};
  }

  /// Removed here, changed there.
  Result<void> settle_removed(const JobStep& step, const StepRecords& records) {
    const model::Record& left = records.ours ? *records.ours : *records.theirs;
    if (const auto side = m_context.records.side_by_rule(left)) {
      m_context.findings.decide(rule_of(*side), about(left, m_context.payloads));
      const bool has_side = *side == Side::ours ? records.ours.has_value() : records.theirs.has_value();
      keep(step, has_side ? Seat::inserted : Seat::dropped);
      return {};
    }
    const auto text = [](const std::optional<model::Record>& record) {
      return record ? std::optional{record_text(*record)} : std::nullopt;
    };
    QSNAP_TRY(m_context.findings.add({ConflictKind::removed_changed,
                                      about(left, m_context.payloads),
                                      {},
                                      text(records.base),
                                      text(records.ours),
                                      text(records.theirs)}));
    keep(step, Seat::inserted);
    return {};
  }

  /// What only one side has: ours is where it is unless it is dropped, theirs is not there unless it is inserted.
  void keep(JobStep step, Seat seat) {
    const bool is_ours = step.ours != k_none;
    if (is_ours == (seat == Seat::dropped)) {
      step.seat = seat;
      step.content = is_ours ? Content::ours : Content::theirs;
      step.place = is_ours ? 0 : m_work.theirs.side_facts(step.theirs)->place;
      m_work.steps.push_back(step);
    }
  }

  /// A new job has two ids: those that refer to it by the one that is given up have to follow.
  void note_ids(const model::Record& ours, const model::Record& theirs, Side volatiles) {
    const auto text = [&](const model::Record& record, std::string_view member) {
      return diff::plain_member(record, member, m_context.payloads);
    };
    std::string our_id = text(ours, "id"), their_id = text(theirs, "id");
    if (our_id == their_id || our_id.empty() || their_id.empty()) {
      return;
    }
    if (volatiles == Side::ours) {
      m_work.theirs_ids.set(text(theirs, "queue"), their_id, std::move(our_id));
    } else {
      m_work.ours_ids.set(text(ours, "queue"), our_id, std::move(their_id));
    }
  }

  const Context& m_context;
  JobWork& m_work;
  std::vector<JobStep> m_contested;
};

}  // namespace

void pair_added(JobWork& work) {
  pair_by(work,
          [](const JobEntry& entry) { return entry.identity != 0 ? std::optional{entry.identity} : std::nullopt; }, {});
  pair_by(
      work,
      [](const JobEntry& entry) {
        return std::optional{std::tuple{entry.meaning, entry.place}};
      },
      jobs_that_crossed(work));
}

Result<void> decide_jobs(const Context& context, JobWork& work) {
  return JobDecisions{context, work}.run();
}

}  // namespace qsnap::merge
