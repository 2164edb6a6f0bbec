// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/rule_table.hpp>

namespace qsnap::merge {

RuleTable::Applicable RuleTable::applicable(const model::Record& record) const {
  Applicable list;
  for (const config::MergeRule& rule : m_rules) {
    if (diff::applies_to(rule.path, record, m_payloads)) {
      list.push_back(&rule);
    }
  }
  return list;
}

std::optional<config::MergePolicy> RuleTable::find(const Applicable& rules, std::string_view path) {
  if (rules.empty()) {
    return std::nullopt;
  }
  const auto steps = config::parse_path(path);
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const config::MergeRule* candidate) {
    return steps && candidate->path.matches(*steps);
  });
  return rule != rules.end() ? std::optional{(*rule)->policy} : std::nullopt;
}

}  // namespace qsnap::merge
