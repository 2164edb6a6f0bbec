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
#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// Gathers the differences between two records, leaf by leaf, under the rules. In a summary at most 100 are
/// listed; a last entry says how many more there are (law 8).
class FieldCollector {
 public:
  /// All of them must outlive the collector.
  FieldCollector(const model::PayloadReader& payloads, RuleBook& rules, const RuleBook::Applicable& applicable,
                 Listing listing)
      : m_payloads(payloads), m_rules(rules), m_applicable(applicable), m_listing(listing) {}

  using Json = std::optional<std::string_view>;
  /// Compares one member by meaning.
  Result<void> compare(std::string_view member, Json before, Json after);
  /// A difference that is known already; its path starts with the member.
  void add(std::string_view member, FieldChange change);
  /// For rules about the length of what differs at paths below this one.
  void set_lengths(std::string path, Lengths lengths) { m_lengths.set(std::move(path), lengths); }
  /// Compares every member that carries meaning, but for those in `without`.
  Result<void> compare_all(const model::Record& before, const model::Record& after,
                           std::span<const std::string_view> without);

  [[nodiscard]] bool empty() const { return m_list.empty(); }
  [[nodiscard]] const std::vector<FieldChange>& list() const { return m_list; }
  /// Whether a difference in this member was found and not dropped, listed or not.
  [[nodiscard]] bool touched(std::string_view member) const;
  [[nodiscard]] std::vector<FieldChange> take();
  /// For Change::encoded. A complete listing cannot be applied by `fields` alone where these tell what a value decodes
  /// to, or how large it is: the member as it stands on both sides.
  void add_encoded(std::string_view member, Json before, Json after);
  [[nodiscard]] std::vector<FieldChange> take_encoded() { return std::move(m_encoded); }

 private:
  using Leaves = std::vector<model::PayloadReader::Leaf>;
  Result<Leaves> leaves(Json json) const;
  Result<void> compare_refs(Json before, Json after);
  Result<void> compare_encoded(std::string_view member, const model::Fields& before, const model::Fields& after);
  /// Whether strings are looked into: those of a payload are, but not those of a string that was decoded.
  enum class Strings : std::uint8_t { decode, as_found };
  /// Compares all leaves; their paths begin with `path`, which begins with the member.
  Result<void> compare_leaves(std::string_view member, std::string_view path, Json before, Json after, Strings strings);
  bool is_dropped(const FieldChange& change);
  [[nodiscard]] bool is_sampled(std::string_view member, Json before, Json after) const;
  Result<void> compare_sampled(std::string_view member, std::string_view path, std::string_view before,
                               std::string_view after, Strings strings);
  Result<void> compare_strings(std::string_view member, const FieldChange& change);

  const model::PayloadReader& m_payloads;
  RuleBook& m_rules;
  const RuleBook::Applicable& m_applicable;
  Listing m_listing;
  std::vector<FieldChange> m_list;
  std::vector<FieldChange> m_encoded;
  bool m_told_by_value = true;  ///< of the member at hand: whether every difference has the path of a value in it
  ArrayLengths m_lengths;
  std::vector<std::string> m_touched;
  std::size_t m_unlisted = 0;
};

/// A job's refs without their order, which may be that of generated ids: the elements' leaves, sorted.
Result<std::string> refs_by_meaning(std::string_view json, const model::PayloadReader& payloads);

}  // namespace qsnap::diff
