// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/glob.hpp>
#include <qsnap/contract/invariant_check.hpp>
#include <qsnap/contract/selector.hpp>

namespace qsnap::contract {

namespace {

using Presence = config::EachInvariant::Presence;

/// Numbers by their value, all else by the bytes.
bool same_scalar(std::string_view a, std::string_view b) {
  if (a == b) {
    return true;
  }
  const auto number = Decimal::parse(a);
  return number && number == Decimal::parse(b);
}

class EachCheck final : public InvariantCheck {
 public:
  EachCheck(const config::EachInvariant& rule, const model::PayloadReader& payloads)
      : m_rule(rule), m_payloads(payloads), m_selector(rule.of, payloads) {}

  void see_queue(std::string_view queue) override { m_selector.see_queue(queue); }
  bool enter(const Place& place) override { return m_selector.enter(place); }

  Result<void> see(Job& job) override {
    if (!m_selector.selects(job)) {
      return {};
    }
    ++m_selected;
    QSNAP_ASSIGN(const std::vector<MemberValue> values, job.values(m_rule.member));
    if (values.empty()) {
      ++m_without;
      if (m_rule.presence == Presence::present) {
        m_breakers.add([&] { return fmt::format("{}: no {}", job.words(), member()); });
      }
      return {};
    }
    const auto wrong =
        std::find_if(values.begin(), values.end(), [&](const MemberValue& value) { return !is_right(value); });
    if (wrong != values.end()) {
      m_breakers.add([&] { return fmt::format("{}: {} {}", job.words(), shown(wrong->path), value_words(*wrong)); });
    }
    return {};
  }

  void conclude(Finding& finding) override {
    finding.holds = m_breakers.count() == 0;
    finding.breaking_jobs = m_breakers.count();
    finding.examples = m_breakers.take_examples();
    if (!finding.holds) {
      finding.found = fmt::format("expected {} {}, not so in {} of {}", member(), expectation(), finding.breaking_jobs,
                                  quantity(m_selected, "job"));
      return;
    }
    finding.found = quantity(m_selected, "job");
    const bool none_has_it = m_without == m_selected && m_rule.presence == Presence::any;
    if (m_selected == 0) {
      const std::string missing = m_selector.missing_queues();
      conclude_vacuous(finding, missing.empty() ? "no job was selected" : missing);
    } else if (none_has_it) {
      conclude_vacuous(finding, fmt::format("none has {}", member()));
    } else {
      finding.found += m_without > 0 && m_rule.presence == Presence::any
                           ? fmt::format(", {} of them without {}", m_without, member())
                           : std::string{};
      conclude_vacuous(finding, m_selector.missing_queues());
    }
  }

 private:
  [[nodiscard]] bool is_right(const MemberValue& value) const {
    if (m_rule.presence == Presence::absent) {
      return false;
    }
    const auto& wanted = m_rule.one_of;
    const bool is_listed =
        wanted.empty() || (value.is_scalar && std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
                             return same_scalar(one, value.json);
                           }));
    return is_listed && is_in_bounds(value) && fits_glob(value);
  }

  [[nodiscard]] bool is_in_bounds(const MemberValue& value) const {
    if (m_rule.bounds.empty()) {
      return true;
    }
    const auto number = value.is_scalar ? Decimal::parse(value.json) : std::nullopt;
    return number && is_within(m_rule.bounds, *number);
  }

  [[nodiscard]] bool fits_glob(const MemberValue& value) const {
    if (!m_rule.matches) {
      return true;
    }
    const auto text = value.is_scalar ? m_payloads.bytes(value.json) : std::nullopt;
    return text && glob_matches(*m_rule.matches, *text);
  }

  /// "payload.to"
  [[nodiscard]] std::string_view member() const {
    return std::string_view{m_rule.member.text()}.substr(m_rule.member.section().size() + 1);
  }

  [[nodiscard]] static std::string value_words(const MemberValue& value) {
    return value.is_scalar ? shown(value.json) : "is an object or a list";
  }

  /// "to be there and at most 3"
  [[nodiscard]] std::string expectation() const {
    if (m_rule.presence == Presence::absent) {
      return "to be absent";
    }
    std::vector<std::string> parts;
    if (m_rule.presence == Presence::present) {
      parts.emplace_back("there");
    }
    if (!m_rule.bounds.empty()) {
      parts.push_back(bounds_words(m_rule.bounds));
    }
    if (!m_rule.one_of.empty()) {
      parts.push_back(shown(fmt::format("{}", fmt::join(m_rule.one_of, " or "))));
    }
    if (m_rule.matches) {
      parts.push_back(fmt::format("a text like {}", shown(*m_rule.matches)));
    }
    return fmt::format("to be {}", fmt::join(parts, " and "));
  }

  const config::EachInvariant& m_rule;
  const model::PayloadReader& m_payloads;
  Selector m_selector;
  std::uint64_t m_selected = 0;
  std::uint64_t m_without = 0;
  Breakers m_breakers;
};

}  // namespace

std::unique_ptr<InvariantCheck> make_check(const config::EachInvariant& each, const model::PayloadReader& payloads) {
  return std::make_unique<EachCheck>(each, payloads);
}

}  // namespace qsnap::contract
