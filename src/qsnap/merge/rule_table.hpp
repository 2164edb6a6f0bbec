// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/config/config.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// What decides where both sides changed one value. Both must outlive the table.
class RuleTable {
 public:
  RuleTable(const std::vector<config::MergeRule>& rules, const model::PayloadReader& payloads)
      : m_rules(rules), m_payloads(payloads) {}

  using Applicable = std::vector<const config::MergeRule*>;
  /// Those whose section and conditions fit the record.
  [[nodiscard]] Applicable applicable(const model::Record& record) const;
  /// The first of them that fits the path; the empty path is the whole record.
  [[nodiscard]] static std::optional<config::MergePolicy> find(const Applicable& rules, std::string_view path);

 private:
  const std::vector<config::MergeRule>& m_rules;
  const model::PayloadReader& m_payloads;
};

}  // namespace qsnap::merge
