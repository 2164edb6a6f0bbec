// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// Gathers the differences between two records, leaf by leaf, under the ignore rules. At most 100 are listed; a last
/// entry says how many more there are (law 8).
class FieldCollector {
 public:
  /// All of them must outlive the collector.
  FieldCollector(const model::PayloadReader& payloads, RuleBook& rules, const RuleBook::Applicable& applicable)
      : m_payloads(payloads), m_rules(rules), m_applicable(applicable) {}

  using Json = std::optional<std::string_view>;
  /// Compares one member by meaning.
  Result<void> compare(std::string_view member, Json before, Json after);
  /// A difference that is known already; its path starts with the member.
  void add(std::string_view member, FieldChange change);
  /// Compares every member that carries meaning, but for those in `without`.
  Result<void> compare_all(const model::Record& before, const model::Record& after,
                           std::span<const std::string_view> without);

  [[nodiscard]] bool empty() const { return m_list.empty(); }
  /// Whether a difference in this member was found and not dropped, listed or not.
  [[nodiscard]] bool touched(std::string_view member) const;
  [[nodiscard]] std::vector<FieldChange> take();

 private:
  using Leaves = std::vector<model::PayloadReader::Leaf>;
  Result<Leaves> leaves(Json json) const;
  Result<void> compare_refs(Json before, Json after);
  Result<void> compare_encoded(std::string_view member, const model::Fields& before, const model::Fields& after);
  /// Whether strings are looked into: those of a payload are, but not those of a string that was decoded.
  enum class Strings : std::uint8_t { decode, as_found };
  /// Compares all leaves; their paths begin with `path`, which begins with the member.
  Result<void> compare_leaves(std::string_view member, std::string_view path, Json before, Json after, Strings strings);
  Result<void> compare_strings(std::string_view member, const FieldChange& change);

  const model::PayloadReader& m_payloads;
  RuleBook& m_rules;
  const RuleBook::Applicable& m_applicable;
  std::vector<FieldChange> m_list;
  std::vector<std::string> m_touched;
  std::size_t m_unlisted = 0;
};

/// A job's refs without their order, which may be that of generated ids: the elements' leaves, sorted.
Result<std::string> refs_by_meaning(std::string_view json, const model::PayloadReader& payloads);

}  // namespace qsnap::diff
