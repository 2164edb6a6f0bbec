// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/merge/policy.hpp>
#include <qsnap/merge/rule_table.hpp>

namespace qsnap::merge {

/// A value that both sides changed to different ones, and no rule decides on.
struct ValueConflict {
  std::string path;
  OwnedJson base;
  OwnedJson ours;
  OwnedJson theirs;
};

/// A value on which a rule decided.
struct ValueDecision {
  config::MergePolicy policy = config::MergePolicy::ours;
  std::string path;
};

/// Merges JSON values: by member where they are objects on both sides, else as a whole. Where nothing decides, what
/// ours has stays, and the conflict is noted. All arguments must outlive it.
class ValueMerger {
 public:
  ValueMerger(const model::PayloadReader& payloads, const RuleTable::Applicable& rules, Side later)
      : m_payloads(payloads), m_rules(rules), m_later(later) {}

  /// Whether objects are taken apart, or are values like any other.
  enum class Objects : std::uint8_t { by_member, whole };
  Result<OwnedJson> merge(const Values& values, const std::string& path, Objects objects);
  /// A rule's word on a value that both sides changed, or else a conflict; absent then.
  Result<Verdict> decide(const Values& values, const std::string& path);

  /// Equal but for the order of members.
  [[nodiscard]] Result<bool> same(Json a, Json b) const;

  std::vector<ValueConflict> conflicts;
  std::vector<ValueDecision> decisions;

 private:
  Result<OwnedJson> merge_members(const Values& values, const std::string& path);

  const model::PayloadReader& m_payloads;
  const RuleTable::Applicable& m_rules;
  Side m_later;
};

/// One step into an object, as model::PayloadReader::Leaf writes it: ".name", or ["a name"] for no identifier.
[[nodiscard]] std::string member_path(std::string_view parent, std::string_view name);

}  // namespace qsnap::merge
