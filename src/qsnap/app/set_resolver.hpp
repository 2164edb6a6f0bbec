// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/set_rule.hpp>
#include <qsnap/git/branches.hpp>
#include <qsnap/store/store.hpp>

/// Which set belongs to a branch, and what it inherits from: `sets:` of config.yaml, the branches of the repository,
/// and what sets say of themselves. docs/sets.md has the rules.
namespace qsnap::app {

struct BranchSet {
  store::SetName set;
  std::string rule;  ///< the glob that fitted; empty: none did, and the set is the default one
};

/// A chain, and what could not be found out about it.
struct ResolvedChain {
  store::SetChain chain;
  std::vector<std::string> notes;
};

/// `store` has to outlive it. Git is asked at the first question that needs it.
class SetResolver {
 public:
  SetResolver(const store::Store& store, std::vector<config::SetRule> rules)
      : m_store(&store), m_rules(std::move(rules)), m_git(store.repository()) {}

  [[nodiscard]] bool has_rules() const { return !m_rules.empty(); }
  /// Errors with `usage` for a branch whose name no set can have.
  [[nodiscard]] Result<BranchSet> set_of(std::string_view branch) const;
  /// Of a set that `branch` has; empty: the branch of the set's name is meant. Errors with `config`, and the lines, for
  /// sets that inherit from themselves, and for more than eight of them.
  Result<ResolvedChain> chain_of(const store::SetName& set, std::string_view branch);
  /// Sets with a folder that the rule of this branch gives to branches that are not here any more.
  Result<std::vector<store::SetName>> orphans_like(std::string_view branch);
  /// Branches that have the set, by rule or by its name, sorted.
  Result<std::vector<std::string>> branches_of(const store::SetName& set);
  [[nodiscard]] const git::Branches& git() const { return m_git; }

 private:
  /// A set of a chain, and whose it is.
  struct Link {
    store::SetName set;
    std::string branch;  ///< empty: nobody knows
    std::string origin;  ///< who says that it is the parent: ".queue-snapshots/config.yaml:12"
  };
  struct Parent {
    std::optional<Link> link;  ///< absent: the default set
    std::string note;          ///< empty: none
  };
  /// Branches whose sets may be the parent.
  struct Lines {
    std::vector<std::string> refs;
    bool any_fits = false;  ///< the glob; the rest are what everything else comes from
  };

  [[nodiscard]] const config::SetRule* rule_of_branch(std::string_view branch) const;
  [[nodiscard]] const config::SetRule* rule_of_set(const store::SetName& set) const;
  Result<void> read_branches();
  Result<Parent> parent_of(const Link& link);
  Result<Parent> parent_by_glob(const Link& link, const std::string& glob, const std::string& origin);
  Result<Lines> lines_for(const Link& link, const std::string& glob) const;
  Result<std::optional<std::string>> tip_of(std::string_view branch) const;
  Result<std::string> unknown_parent(const Link& link, const std::string& glob) const;

  const store::Store* m_store;
  std::vector<config::SetRule> m_rules;
  git::Branches m_git;
  std::optional<std::vector<git::Branch>> m_branches;
  std::optional<std::map<std::string, std::vector<std::string>, std::less<>>> m_branches_by_set;
};

}  // namespace qsnap::app
