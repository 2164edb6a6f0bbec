// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/contract/invariant_check.hpp>
#include <qsnap/contract/selector.hpp>

namespace qsnap::contract {

namespace {

class CountCheck final : public InvariantCheck {
 public:
  CountCheck(const config::CountInvariant& rule, const model::PayloadReader& payloads) : m_rule(rule) {
    for (const config::JobSelection& selection : rule.of) {
      m_selectors.emplace_back(selection, payloads);
    }
  }

  void see_queue(std::string_view queue) override {
    for (Selector& selector : m_selectors) {
      selector.see_queue(queue);
    }
  }

  bool enter(const Place& place) override {
    bool any = false;
    for (Selector& selector : m_selectors) {
      any = selector.enter(place) || any;
    }
    m_first_here = true;
    return any;
  }

  Result<void> see(Job& job) override {
    const bool counts =
        std::any_of(m_selectors.begin(), m_selectors.end(), [&](Selector& selector) { return selector.selects(job); });
    if (counts) {
      m_jobs.add([&] { return job.words(); });
      count_place(job.place());
    }
    return {};
  }

  void conclude(Finding& finding) override {
    const Decimal count{static_cast<std::int64_t>(m_jobs.count())};
    finding.holds = is_within(m_rule.bounds, count);
    finding.found = m_jobs.count() == 0 ? std::string{"no job"} : quantity(m_jobs.count(), "job");
    const std::string missing = missing_queues();
    if (finding.holds) {
      conclude_vacuous(finding, missing);
      return;
    }
    finding.found = fmt::format("expected {}, found {}{}", bounds_words(m_rule.bounds),
                                m_jobs.count() == 0 ? "none" : fmt::format("{}", m_jobs.count()), places_words());
    if (!missing.empty()) {
      finding.found += fmt::format("; {} is there", missing);
    }
    const bool too_many = is_above(count);
    finding.breaking_jobs = too_many ? m_jobs.count() : 0;
    finding.examples = too_many ? m_jobs.take_examples() : std::vector<std::string>{};
  }

 private:
  struct PlaceCount {
    std::string words;
    std::uint64_t jobs = 0;
  };

  void count_place(const Place& place) {
    if (m_first_here && m_places.size() <= k_most_examples) {
      m_places.push_back({place.words(), 0});
    }
    m_first_here = false;
    ++m_places.back().jobs;  // what is beyond the last one is not told by place
  }

  /// ": 30 in bullmq:bull:orders, waiting, 9 in …"
  [[nodiscard]] std::string places_words() const {
    if (m_places.empty() || m_places.size() > k_most_examples) {
      return {};
    }
    std::vector<std::string> words;
    std::transform(m_places.begin(), m_places.end(), std::back_inserter(words),
                   [](const PlaceCount& place) { return fmt::format("{} in {}", place.jobs, place.words); });
    return fmt::format(": {}", fmt::join(words, "; "));
  }

  [[nodiscard]] bool is_above(const Decimal& count) const {
    const auto& [equals, at_least, at_most] = m_rule.bounds;
    return (equals && count > equals->value) || (at_most && count > at_most->value);
  }

  [[nodiscard]] std::string missing_queues() const {
    for (const Selector& selector : m_selectors) {
      if (std::string missing = selector.missing_queues(); !missing.empty()) {
        return missing;
      }
    }
    return {};
  }

  const config::CountInvariant& m_rule;
  std::vector<Selector> m_selectors;
  Breakers m_jobs;
  std::vector<PlaceCount> m_places;
  bool m_first_here = false;
};

}  // namespace

std::unique_ptr<InvariantCheck> make_check(const config::CountInvariant& count, const model::PayloadReader& payloads) {
  return std::make_unique<CountCheck>(count, payloads);
}

}  // namespace qsnap::contract
