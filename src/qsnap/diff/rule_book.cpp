// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::diff {

std::string plain_member(const model::Record& record, std::string_view name, const model::PayloadReader& payloads) {
  auto json = record.fields.find(name);
  if (!json) {
    json = record.volatiles.find(name);
  }
  if (!json) {
    return {};
  }
  auto bytes = payloads.bytes(*json);
  return bytes ? *std::move(bytes) : std::string{*json};
}

bool applies_to(const config::PathPattern& pattern, const model::Record& record, const model::PayloadReader& payloads) {
  const auto holds = [&](const config::PathPattern::Condition& condition) {
    const std::string value = plain_member(record, condition.member, payloads);
    return condition.member == "queue" ? model::queue_matches(value, condition.value) : value == condition.value;
  };
  return pattern.section() == to_text(record.section) &&
         std::all_of(pattern.conditions().begin(), pattern.conditions().end(), holds);
}

RuleBook::RuleBook(const config::Config& config, const model::PayloadReader& payloads)
    : m_config(config), m_payloads(payloads), m_hits(config.ignore.size(), 0) {}

RuleBook::Applicable RuleBook::applicable(const model::Record& record) const {
  Applicable rules;
  for (std::uint32_t i = 0; i < m_config.ignore.size(); ++i) {
    if (applies_to(m_config.ignore[i], record, m_payloads)) {
      rules.push_back(i);
    }
  }
  return rules;
}

bool RuleBook::has_rules(model::Section section) const {
  return std::any_of(m_config.ignore.begin(), m_config.ignore.end(),
                     [&](const config::PathPattern& pattern) { return pattern.section() == to_text(section); });
}

bool RuleBook::matches(const Applicable& rules, std::string_view path) const {
  if (rules.empty()) {
    return false;
  }
  const auto steps = config::parse_path(path);
  return steps && std::any_of(rules.begin(), rules.end(),
                              [&](std::uint32_t rule) { return m_config.ignore[rule].matches(*steps); });
}

bool RuleBook::drops(const Applicable& rules, std::string_view path) {
  if (rules.empty()) {
    return false;
  }
  const auto steps = config::parse_path(path);
  bool dropped = false;
  for (const std::uint32_t rule : rules) {
    if (steps && m_config.ignore[rule].matches(*steps)) {
      ++m_hits[rule];
      dropped = true;
    }
  }
  return dropped;
}

bool RuleBook::durations_agree(std::int64_t before, std::int64_t after) const {
  const double apart = std::fabs(static_cast<double>(before) - static_cast<double>(after));
  const double relative = m_config.durations.percent / 100 * std::fabs(static_cast<double>(before));
  return apart <= std::max(static_cast<double>(m_config.durations.absolute.count()), relative);
}

bool RuleBook::order_counts(const Place& place) const {
  if (!model::order_counts(place.state)) {
    return false;
  }
  config::QueueOrder order = config::QueueOrder::strict;
  for (const config::OrderRule& rule : m_config.order) {
    if (rule.queue == place.queue) {
      return rule.order == config::QueueOrder::strict;  // the full id beats the bare name
    }
    if (model::queue_matches(place.queue, rule.queue)) {
      order = rule.order;
    }
  }
  return order == config::QueueOrder::strict;
}

void RuleBook::count(std::string_view reason) {
  const auto at =
      std::find_if(m_reasons.begin(), m_reasons.end(), [&](const Ignored& entry) { return entry.rule == reason; });
  if (at == m_reasons.end()) {
    m_reasons.push_back({std::string{reason}, 1});
  } else {
    ++at->count;
  }
}

void RuleBook::finish(Changes& changes) const {
  for (std::size_t i = 0; i < m_hits.size(); ++i) {
    const std::string& text = m_config.ignore[i].text();
    if (m_hits[i] > 0) {
      changes.ignored.push_back({text, m_hits[i]});
    } else {
      changes.unmatched_rules.push_back(text);
    }
  }
  changes.ignored.insert(changes.ignored.end(), m_reasons.begin(), m_reasons.end());
}

}  // namespace qsnap::diff
