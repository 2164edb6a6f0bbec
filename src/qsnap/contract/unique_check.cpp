// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/contract/invariant_check.hpp>
#include <qsnap/contract/selector.hpp>
#include <qsnap/diff/keyed_hash.hpp>

namespace qsnap::contract {

namespace {

struct Low {
  std::size_t operator()(const diff::Hash128& hash) const { return hash.low; }
};

/// Values by their digests under a secret key, so a state cannot be made in which two values collide.
class UniqueCheck final : public InvariantCheck {
 public:
  UniqueCheck(const config::UniqueInvariant& rule, const model::PayloadReader& payloads, ValueBudget& budget)
      : m_rule(rule), m_selector(rule.of, payloads), m_hash(diff::KeyedHash::with_random_key()), m_budget(budget) {}

  void see_queue(std::string_view queue) override { m_selector.see_queue(queue); }

  bool enter(const Place& place) override {
    const bool here = m_selector.enter(place);
    if (here) {
      m_places.push_back(place);
    }
    return here;
  }

  Result<void> see(Job& job) override {
    if (!m_selector.selects(job)) {
      return {};
    }
    ++m_selected;
    const std::uint64_t number = m_selected;
    QSNAP_ASSIGN(const std::vector<MemberValue> values, job.values(m_rule.member));
    m_without += values.empty() ? 1U : 0U;
    bool repeats = false;
    for (const MemberValue& value : values) {
      const First first{number, job.position(), static_cast<std::uint32_t>(m_places.size() - 1)};
      const auto [known, is_new] = m_first.try_emplace(m_hash(value.json), first);
      if (is_new && m_budget.left-- == 0) {
        return make_error(ErrorCode::limit_exceeded,
                          fmt::format("there are too many values of {} to tell whether one is there twice", member()));
      }
      if (!is_new && known->second.job != number && !repeats) {
        repeats = true;
        m_breakers.add([&] { return words(job, value, known->second); });
      }
    }
    return {};
  }

  void conclude(Finding& finding) override {
    finding.holds = m_breakers.count() == 0;
    finding.breaking_jobs = m_breakers.count();
    finding.examples = m_breakers.take_examples();
    if (!finding.holds) {
      finding.found = fmt::format("{} of {} repeat{} the {} of another", finding.breaking_jobs,
                                  quantity(m_selected, "job"), finding.breaking_jobs == 1 ? "s" : "", member());
      return;
    }
    finding.found = quantity(m_selected, "job");
    if (m_selected == 0) {
      const std::string missing = m_selector.missing_queues();
      conclude_vacuous(finding, missing.empty() ? "no job was selected" : missing);
    } else if (m_without == m_selected) {
      conclude_vacuous(finding, fmt::format("none has {}", member()));
    } else {
      finding.found += m_without > 0 ? fmt::format(", {} of them without {}", m_without, member()) : std::string{};
      conclude_vacuous(finding, m_selector.missing_queues());
    }
  }

 private:
  /// Who had a value first.
  struct First {
    std::uint64_t job = 0;  ///< of the selected ones
    std::uint64_t position = 0;
    std::uint32_t place = 0;
  };

  [[nodiscard]] std::string_view member() const {
    return std::string_view{m_rule.member.text()}.substr(m_rule.member.section().size() + 1);
  }

  [[nodiscard]] std::string words(const Job& job, const MemberValue& value, const First& first) const {
    return fmt::format("{}: {} {}, as the job in {} {}", job.words(), shown(value.path),
                       value.is_scalar ? shown(value.json) : "is the same", m_places[first.place].words(),
                       first.position);
  }

  const config::UniqueInvariant& m_rule;
  Selector m_selector;
  diff::KeyedHash m_hash;
  ValueBudget& m_budget;
  std::unordered_map<diff::Hash128, First, Low> m_first;
  std::vector<Place> m_places;
  std::uint64_t m_selected = 0;
  std::uint64_t m_without = 0;
  Breakers m_breakers;
};

}  // namespace

std::unique_ptr<InvariantCheck> make_check(const config::UniqueInvariant& unique, const model::PayloadReader& payloads,
                                           ValueBudget& budget) {
  return std::make_unique<UniqueCheck>(unique, payloads, budget);
}

}  // namespace qsnap::contract
