// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/rule_index.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::diff {

namespace {

/// Bounds what is remembered: paths of a set, sets, and what the records of a section may look like.
constexpr std::size_t k_most_paths = 2048;
constexpr std::size_t k_most_sets = 64;
constexpr std::size_t k_most_looks = 4096;
constexpr std::size_t k_remembered_bytes = 256;  // of a path or a look

/// The first name of a concrete path: "payload" of ".payload.items[2]"; empty where it is written in another way.
std::string_view first_name(std::string_view path) {
  if (!path.starts_with('.')) {
    return {};
  }
  path.remove_prefix(1);
  return path.substr(0, path.find_first_of(".["));
}

}  // namespace

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

void FirstMembers::add(const config::PathPattern& pattern) {
  if (const auto name = pattern.first_name()) {
    m_names.emplace(*name);
  } else {
    m_any = true;
  }
}

bool FirstMembers::touch(std::string_view member) const {
  return m_any || m_names.contains(member);
}

RuleSet::RuleSet(std::span<const config::PathPattern> patterns, RuleNumbers rules)
    : m_patterns(patterns), m_rules(std::move(rules)) {
  for (const std::uint32_t rule : m_rules) {
    m_members.add(m_patterns[rule]);
  }
}

const RuleNumbers& RuleSet::at(std::string_view path) {
  if (m_rules.empty()) {
    return m_none;
  }
  const std::string_view name = first_name(path);
  if (!name.empty() && !touches(name)) {
    return m_none;
  }
  if (const auto known = m_known.find(path); known != m_known.end()) {
    return known->second;
  }
  if (path.size() > k_remembered_bytes) {
    return m_unremembered = find(path);
  }
  if (m_known.size() >= k_most_paths) {
    m_known.clear();
  }
  return m_known.emplace(path, find(path)).first->second;
}

RuleNumbers RuleSet::find(std::string_view path) const {
  const auto steps = config::parse_path(path);
  RuleNumbers matching;
  if (steps) {
    std::copy_if(m_rules.begin(), m_rules.end(), std::back_inserter(matching),
                 [&](std::uint32_t rule) { return m_patterns[rule].matches(*steps); });
  }
  return matching;
}

RuleIndex::RuleIndex(std::vector<config::PathPattern> patterns) : m_patterns(std::move(patterns)) {
  for (std::uint32_t i = 0; i < m_patterns.size(); ++i) {
    for (const model::Section section : model::k_sections) {
      if (m_patterns[i].section() != to_text(section)) {
        continue;
      }
      OfSection& list = m_sections[static_cast<std::size_t>(section)];
      list.rules.push_back(i);
      list.members.add(m_patterns[i]);
      for (const config::PathPattern::Condition& condition : m_patterns[i].conditions()) {
        auto& members = list.condition_members;
        if (std::find(members.begin(), members.end(), condition.member) == members.end()) {
          members.push_back(condition.member);
        }
      }
    }
  }
}

std::shared_ptr<RuleSet> RuleIndex::applicable(const model::Record& record, const model::PayloadReader& payloads) {
  OfSection& section = m_sections[static_cast<std::size_t>(record.section)];
  std::string look;
  for (const std::string& member : section.condition_members) {
    const auto field = record.fields.find(member);
    append_part(look, field ? *field : record.volatiles.find(member).value_or(""));
  }
  if (const auto known = section.by_look.find(look); known != section.by_look.end()) {
    return known->second;
  }
  RuleNumbers rules;
  std::copy_if(section.rules.begin(), section.rules.end(), std::back_inserter(rules),
               [&](std::uint32_t rule) { return applies_to(m_patterns[rule], record, payloads); });
  auto set = shared_set(std::move(rules));
  if (section.by_look.size() >= k_most_looks) {
    section.by_look.clear();
  }
  if (look.size() <= k_remembered_bytes) {
    section.by_look.emplace(std::move(look), set);
  }
  return set;
}

std::shared_ptr<RuleSet> RuleIndex::shared_set(RuleNumbers rules) {
  if (const auto known = m_sets.find(rules); known != m_sets.end()) {
    return known->second;
  }
  if (m_sets.size() >= k_most_sets) {
    m_sets.clear();
  }
  auto set = std::make_shared<RuleSet>(m_patterns, rules);
  return m_sets.emplace(std::move(rules), std::move(set)).first->second;
}

}  // namespace qsnap::diff
