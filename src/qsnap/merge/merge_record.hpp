// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/findings.hpp>
#include <qsnap/merge/merge_value.hpp>
#include <qsnap/merge/rule_table.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// One record in three states. Null: not there. Not owned.
struct Versions {
  const model::Record* base = nullptr;
  const model::Record* ours = nullptr;
  const model::Record* theirs = nullptr;
};

struct MergedRecord {
  model::Record record;
  Side volatiles = Side::ours;  ///< where they come from, as a whole
  std::vector<Conflict> conflicts;
  std::vector<ValueDecision> decisions;
};

/// A member of a job that an attempt to run it leaves behind: what came out, what went wrong, how often and how far.
[[nodiscard]] bool belongs_to_attempt(std::string_view member);

/// Merges records that both sides have, unit by unit. A unit is what cannot be taken apart: a payload with its style
/// and codec, any member with its own, an error with its class, the queue and state of a job, its links with what runs
/// parallel to them. Where both sides moved a job to different places, what belongs to the attempt is that of the place
/// that is taken, whatever rules say. All arguments must outlive it.
class RecordMerger {
 public:
  RecordMerger(const model::PayloadReader& payloads, const RuleTable& rules, const diff::RuleBook& book, Side later)
      : m_payloads(payloads), m_rules(rules), m_book(book), m_later(later) {}

  /// `volatiles` where it was decided already whose they are. REQUIRES: ours and theirs are not null
  Result<MergedRecord> merge(const Versions& versions, std::optional<Side> volatiles = std::nullopt) const;
  /// Whose record a rule for whole records takes; absent without one that takes a side.
  [[nodiscard]] std::optional<Side> side_by_rule(const model::Record& record) const;
  [[nodiscard]] const RuleTable& rules() const { return m_rules; }

 private:
  const model::PayloadReader& m_payloads;
  const RuleTable& m_rules;
  const diff::RuleBook& m_book;
  Side m_later;
};

}  // namespace qsnap::merge
