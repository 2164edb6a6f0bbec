// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/config/path_pattern.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// Rules by their numbers, in the order in which they decide.
using RuleNumbers = std::vector<std::uint32_t>;

/// What the paths of some rules begin with.
class FirstMembers {
 public:
  void add(const config::PathPattern& pattern);
  /// Whether one of the rules may speak of this member, or of what is in it.
  [[nodiscard]] bool touch(std::string_view member) const;

 private:
  std::set<std::string, std::less<>> m_names;
  bool m_any = false;  ///< a rule begins with a wildcard, or is of whole records
};

/// The rules whose section and conditions fit some records. Records of one shape have the same paths again and again,
/// so what a path was found to match is remembered.
class RuleSet {
 public:
  /// `patterns` must outlive the set.
  RuleSet(std::span<const config::PathPattern> patterns, RuleNumbers rules);

  [[nodiscard]] bool empty() const { return m_rules.empty(); }
  [[nodiscard]] const RuleNumbers& rules() const { return m_rules; }
  [[nodiscard]] bool touches(std::string_view member) const { return m_members.touch(member); }
  /// Those that match the path; the reference holds until the next call.
  const RuleNumbers& at(std::string_view path);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  [[nodiscard]] RuleNumbers find(std::string_view path) const;

  std::span<const config::PathPattern> m_patterns;
  RuleNumbers m_rules;
  FirstMembers m_members;
  RuleNumbers m_none;
  RuleNumbers m_unremembered;
  std::unordered_map<std::string, RuleNumbers, Hash, std::equal_to<>> m_known;
};

/// Finds the rules for a record.
class RuleIndex {
 public:
  explicit RuleIndex(std::vector<config::PathPattern> patterns);
  RuleIndex(const RuleIndex&) = delete;  // the sets look into the patterns

  [[nodiscard]] std::shared_ptr<RuleSet> applicable(const model::Record& record, const model::PayloadReader& payloads);
  [[nodiscard]] bool has_rules(model::Section section) const { return !of(section).rules.empty(); }
  /// Of any record of the section.
  [[nodiscard]] bool touches(model::Section section, std::string_view member) const {
    return of(section).members.touch(member);
  }

 private:
  struct OfSection {
    RuleNumbers rules;
    FirstMembers members;
    std::vector<std::string> condition_members;
    std::unordered_map<std::string, std::shared_ptr<RuleSet>> by_look;  ///< the JSON of those members → rules
  };

  [[nodiscard]] const OfSection& of(model::Section section) const {
    return m_sections[static_cast<std::size_t>(section)];
  }
  std::shared_ptr<RuleSet> shared_set(RuleNumbers rules);

  std::vector<config::PathPattern> m_patterns;
  std::array<OfSection, model::k_sections.size()> m_sections;
  std::map<RuleNumbers, std::shared_ptr<RuleSet>> m_sets;
};

/// Whether a rule's section and conditions fit the record.
[[nodiscard]] bool applies_to(const config::PathPattern& pattern, const model::Record& record,
                              const model::PayloadReader& payloads);

/// The plain text of a record's member: of form B the bytes, of any other value its JSON. Fields win over volatiles;
/// empty when neither has it.
[[nodiscard]] std::string plain_member(const model::Record& record, std::string_view name,
                                       const model::PayloadReader& payloads);

}  // namespace qsnap::diff
