// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/merge/job_order.hpp>
#include <qsnap/merge/place_map.hpp>

namespace qsnap::merge {

namespace {

using Ordinals = std::vector<std::uint32_t>;
using ByPlace = std::map<std::uint32_t, Ordinals>;

class JobOrder {
 public:
  JobOrder(const Context& context, JobWork& work)
      : m_context(context),
        m_work(work),
        m_base_map(context.base, context.payloads),
        m_ours_map(context.ours, context.payloads),
        m_theirs_map(context.theirs, context.payloads) {}

  Result<void> run() {
    QSNAP_TRY(take_order_of_theirs());
    m_relocated.assign(m_work.ours.jobs(), false);
    std::map<std::uint32_t, std::vector<std::size_t>> inserted;
    for (std::size_t i = 0; i < m_work.steps.size(); ++i) {
      const JobStep& step = m_work.steps[i];
      if (step.ours != k_none && step.seat != Seat::stays) {
        m_relocated[step.ours] = true;
      }
      if (step.seat == Seat::inserted) {
        inserted[step.place].push_back(i);
      }
    }
    for (auto& [place, steps] : inserted) {
      QSNAP_TRY(seat(place, steps));
    }
    return {};
  }

 private:
  /// Jobs that theirs reordered, and ours did not touch the order of their places.
  Result<void> take_order_of_theirs() {
    QSNAP_ASSIGN(const ByPlace theirs, by_place(m_work.theirs));
    if (theirs.empty()) {
      return {};
    }
    QSNAP_ASSIGN(const ByPlace ours, by_place(m_work.ours));
    StepOf step_of;
    for (std::size_t i = 0; i < m_work.steps.size(); ++i) {
      if (m_work.steps[i].base != k_none) {
        step_of.emplace(m_work.steps[i].base, i);
      }
    }
    for (const auto& [place, jobs] : theirs) {
      const auto in_ours = ours.find(place);
      if (in_ours != ours.end()) {
        QSNAP_ASSIGN(const Side side, decide_order(place));
        if (side == Side::ours) {
          continue;
        }
        reorder(in_ours->second, place, step_of);
      }
      reorder(jobs, place, step_of);
    }
    return {};
  }

  using StepOf = std::unordered_map<std::uint32_t, std::size_t>;

  /// Those of these jobs that both sides have in the place.
  void reorder(const Ordinals& jobs, std::uint32_t place, StepOf& step_of) {
    for (const std::uint32_t base : jobs) {
      if (stays(m_work.ours, base) && stays(m_work.theirs, base)) {
        reorder(base, place, step_of);
      }
    }
  }

  static bool stays(const JobLineage& side, std::uint32_t base) {
    return side.fate(base) != Fate::gone && side.fate(base) != Fate::moved;
  }

  void reorder(std::uint32_t base, std::uint32_t place, StepOf& step_of) {
    const auto [at, fresh] = step_of.try_emplace(base, m_work.steps.size());
    if (fresh) {
      m_work.steps.push_back({.base = base,
                              .ours = m_work.ours.side_of(base),
                              .theirs = m_work.theirs.side_of(base),
                              .place = place,
                              .content = Content::ours});
    }
    JobStep& step = m_work.steps[at->second];
    if (step.seat == Seat::stays) {
      step.seat = Seat::inserted;
      m_context.findings.count("reordered by theirs");
    }
  }

  /// Both sides reordered the place: harmless where order does not count, and where they agree.
  Result<Side> decide_order(std::uint32_t place_id) {
    const diff::Place& place = m_context.places[place_id];
    if (!m_context.book.order_counts(place)) {
      return Side::ours;
    }
    QSNAP_ASSIGN(const bool agreed, have_same_order(place));
    if (agreed) {
      return Side::ours;
    }
    model::Record job;
    job.section = model::Section::jobs;
    job.fields.set("queue", json_bytes(place.queue));
    job.fields.set("state", json_bytes(place.state));
    About jobs = about(job, m_context.payloads);
    if (const auto side = m_context.records.side_by_rule(job)) {
      m_context.findings.decide(rule_of(*side), std::move(jobs));
      return *side;
    }
    QSNAP_TRY(m_context.findings.add({ConflictKind::order, std::move(jobs), {}, {}, {}, {}}));
    return Side::ours;
  }

  /// Of the jobs that all three have there.
  Result<bool> have_same_order(const diff::Place& place) {
    QSNAP_ASSIGN(const std::uint32_t begin, m_base_map.begin(place));
    QSNAP_ASSIGN(const std::uint32_t end, m_base_map.end(place));
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t base = begin; base < end; ++base) {
      if (stays(m_work.ours, base) && stays(m_work.theirs, base)) {
        pairs.emplace_back(m_work.ours.side_of(base), m_work.theirs.side_of(base));
      }
    }
    std::sort(pairs.begin(), pairs.end());
    return std::is_sorted(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  }

  /// What a side reordered, by place.
  Result<ByPlace> by_place(JobLineage& side) {
    ByPlace places;
    Ordinals unknown;
    for (const std::uint32_t base : side.reordered()) {
      if (const JobFacts* const facts = side.base_facts(base)) {
        places[facts->place].push_back(base);
      } else {
        unknown.push_back(*side.base_lines().line_at(base));
      }
    }
    diff::LineIndex& lines = side.base_lines();
    QSNAP_TRY(lines.visit(unknown, [&](std::uint32_t line, const model::Record& record) -> Result<void> {
      const std::uint32_t place = m_context.places.intern(diff::place_of(record, m_context.payloads));
      places[place].push_back(lines.ordinal(line));
      return {};
    }));
    return places;
  }

  /// All jobs that are inserted into one place.
  Result<void> seat(std::uint32_t place_id, std::vector<std::size_t>& steps) {
    const diff::Place place = m_context.places[place_id];
    std::sort(steps.begin(), steps.end(),
              [&](std::size_t a, std::size_t b) { return m_work.steps[a].theirs < m_work.steps[b].theirs; });
    QSNAP_ASSIGN(std::uint32_t scanned, m_theirs_map.begin(place));
    QSNAP_ASSIGN(const std::uint32_t end_of_theirs, m_theirs_map.end(place));
    QSNAP_ASSIGN(std::uint32_t gap, m_ours_map.begin(place));
    std::uint32_t before = behind_own(gap, place_id);
    std::optional<std::uint32_t> end_of_gap;
    for (const std::size_t i : steps) {
      JobStep& step = m_work.steps[i];
      if (step.theirs < scanned || step.theirs >= end_of_theirs) {  // a rule gave it a place that is not theirs'
        QSNAP_ASSIGN(step.before, m_ours_map.end(place));
        continue;
      }
      const Anchors anchors = anchors_in_front(scanned, step.theirs, place_id);
      if (anchors.kept != k_none) {
        gap = anchors.kept + 1;
        end_of_gap.reset();
        before = behind_own(gap, place_id);
      }
      if (anchors.shared != k_none && anchors.shared >= gap) {
        end_of_gap = end_of_gap ? end_of_gap : next_kept(gap, place_id);
        before = anchors.shared < *end_of_gap ? behind_own(anchors.shared + 1, place_id) : before;
      }
      scanned = step.theirs;
      step.before = before;
    }
    return {};
  }

  /// The nearest jobs of theirs in front of an inserted one, as ordinals of ours. A job that both sides brought into
  /// the place is an anchor only where both have it in one gap between jobs that all three have there.
  struct Anchors {
    std::uint32_t kept = k_none;
    std::uint32_t shared = k_none;
  };

  [[nodiscard]] Anchors anchors_in_front(std::uint32_t begin, std::uint32_t end, std::uint32_t place) const {
    Anchors found;
    for (std::uint32_t theirs = end; theirs-- > begin && found.kept == k_none;) {
      const std::uint32_t anchor = anchor_of(theirs, place);
      if (anchor == k_none) {
        continue;
      }
      if (!is_shared(anchor, place)) {
        found.kept = anchor;
      } else if (found.shared == k_none) {
        found.shared = anchor;
      }
    }
    return found;
  }

  /// The first job from `ours` on that all three have in the place and that stays where it is.
  [[nodiscard]] std::uint32_t next_kept(std::uint32_t ours, std::uint32_t place) const {
    while (ours < m_work.ours.jobs() && (m_relocated[ours] || is_own(ours, place) || is_shared(ours, place))) {
      ++ours;
    }
    return ours;
  }

  /// Where ours has a job that stands in this place of theirs, if the result has it there, too.
  [[nodiscard]] std::uint32_t anchor_of(std::uint32_t theirs, std::uint32_t place) const {
    const std::uint32_t base = m_work.theirs.base_of(theirs);
    std::uint32_t ours = k_none;
    bool is_there = false;
    if (base == k_none) {
      const auto twin = m_work.twin_of_theirs.find(theirs);
      ours = twin != m_work.twin_of_theirs.end() ? twin->second : k_none;
      is_there = ours != k_none && m_work.ours.side_facts(ours)->place == place;
    } else {
      ours = m_work.ours.side_of(base);
      const bool moved = m_work.ours.fate(base) == Fate::moved;
      is_there = moved ? m_work.ours.side_facts(ours)->place == place : m_work.theirs.fate(base) != Fate::moved;
    }
    return is_there && ours != k_none && !m_relocated[ours] ? ours : k_none;
  }

  /// The first job from `ours` on that is neither one that ours itself brought into the place, nor one that leaves.
  [[nodiscard]] std::uint32_t behind_own(std::uint32_t ours, std::uint32_t place) const {
    while (ours < m_work.ours.jobs() && (m_relocated[ours] || is_own(ours, place))) {
      ++ours;
    }
    return ours;
  }

  [[nodiscard]] bool is_own(std::uint32_t ours, std::uint32_t place) const {
    const JobFacts* const facts = m_work.ours.side_facts(ours);
    if (facts == nullptr || facts->place != place) {
      return false;
    }
    const std::uint32_t base = m_work.ours.base_of(ours);
    if (base == k_none) {
      const auto twin = m_work.twin_of_ours.find(ours);
      return twin == m_work.twin_of_ours.end() || m_work.theirs.side_facts(twin->second)->place != place;
    }
    if (m_work.ours.fate(base) != Fate::moved) {
      return false;
    }
    const bool both_moved = m_work.theirs.fate(base) == Fate::moved;
    return !both_moved || m_work.theirs.side_facts(m_work.theirs.side_of(base))->place != place;
  }

  /// Whether both sides brought this job of ours into the place.
  [[nodiscard]] bool is_shared(std::uint32_t ours, std::uint32_t place) const {
    const JobFacts* const facts = m_work.ours.side_facts(ours);
    if (facts == nullptr || facts->place != place || is_own(ours, place)) {
      return false;
    }
    const std::uint32_t base = m_work.ours.base_of(ours);
    return base == k_none || m_work.ours.fate(base) == Fate::moved;
  }

  const Context& m_context;
  JobWork& m_work;
  PlaceMap m_base_map;
  PlaceMap m_ours_map;
  PlaceMap m_theirs_map;
  std::vector<bool> m_relocated;  ///< by ordinal of ours: it leaves its position
};

}  // namespace

Result<void> order_jobs(const Context& context, JobWork& work) {
  return JobOrder{context, work}.run();
}

}  // namespace qsnap::merge
