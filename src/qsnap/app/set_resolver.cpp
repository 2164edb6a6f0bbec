// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/set_resolver.hpp>
#include <qsnap/base/glob.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

using store::SetName;

constexpr std::size_t k_most_sets = 8;      // of a chain
constexpr std::size_t k_most_lines = 1000;  // branches that a glob of a parent fits
/// What other lines come from, where no remote says which branch that is.
constexpr std::array<std::string_view, 4> k_main_lines = {"main", "master", "trunk", "develop"};

bool fits(const config::SetRule& rule, std::string_view branch) {
  return std::any_of(rule.branches.begin(), rule.branches.end(),
                     [&](const std::string& glob) { return glob_matches(glob, branch); });
}

std::string place_of(const config::SetRule& rule) {
  return fmt::format("{}/config.yaml:{}", store::k_folder, rule.line);
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

const config::SetRule* SetResolver::rule_of_branch(std::string_view branch) const {
  const auto rule =
      std::find_if(m_rules.begin(), m_rules.end(), [&](const config::SetRule& each) { return fits(each, branch); });
  return rule == m_rules.end() ? nullptr : &*rule;
}

/// The rule that gives branches this set: by `set:`, or because it fits the branch of that name.
const config::SetRule* SetResolver::rule_of_set(const SetName& set) const {
  const auto rule = std::find_if(m_rules.begin(), m_rules.end(), [&](const config::SetRule& each) {
    return each.set == set.text() || (each.set.empty() && fits(each, set.text()));
  });
  return rule == m_rules.end() ? nullptr : &*rule;
}

Result<BranchSet> SetResolver::set_of(std::string_view branch) const {
  const config::SetRule* rule = rule_of_branch(branch);
  if (rule == nullptr) {
    return BranchSet{SetName::default_set(), {}};
  }
  const auto glob = std::find_if(rule->branches.begin(), rule->branches.end(),
                                 [&](const std::string& each) { return glob_matches(each, branch); });
  auto set = SetName::parse(rule->set.empty() ? branch : rule->set);
  if (!set) {
    return with_context(std::move(set).error(), place_of(*rule));
  }
  return BranchSet{*std::move(set), *glob};
}

Result<void> SetResolver::read_branches() {
  if (!m_branches) {
    QSNAP_ASSIGN(m_branches, m_git.list());
  }
  return {};
}

Result<ResolvedChain> SetResolver::chain_of(const SetName& set, std::string_view branch) {
  ResolvedChain resolved;
  std::optional<Link> link = Link{set, std::string{branch.empty() ? std::string_view{set.text()} : branch}, {}};
  std::vector<std::string> origins;
  while (link && !link->set.is_default()) {
    std::vector<SetName>& sets = resolved.chain.sets;
    origins.push_back(link->origin);
    const bool again = std::find(sets.begin(), sets.end(), link->set) != sets.end();
    if (again || sets.size() == k_most_sets) {
      std::string words = sets.front().text();
      for (std::size_t i = 1; i < origins.size(); ++i) {
        words += fmt::format(" → {} ({})", i < sets.size() ? sets[i].text() : link->set.text(), origins[i]);
      }
      return make_error(ErrorCode::config,
                        again ? fmt::format("sets inherit from themselves: {}", words)
                              : fmt::format("more than {} sets inherit from each other: {}", k_most_sets, words),
                        {"say parent: with the name of a set"});
    }
    sets.push_back(link->set);
    QSNAP_ASSIGN(Parent parent, parent_of(*link));
    if (!parent.note.empty()) {
      resolved.notes.push_back(std::move(parent.note));
    }
    link = std::move(parent.link);
  }
  return resolved;
}

/// What the set says of itself, else its rule.
Result<SetResolver::Parent> SetResolver::parent_of(const Link& link) {
  QSNAP_ASSIGN(const auto file, store::read_set_file(*m_store, link.set));
  if (file && file->parent) {
    const std::string origin = fmt::format("{}/sets/{}/set.json", store::k_folder, link.set.encoded());
    return Parent{Link{*file->parent, file->parent->text(), origin}, {}};
  }
  const config::SetRule* rule = rule_of_set(link.set);
  if (rule == nullptr || rule->parent.empty()) {
    return Parent{};
  }
  if (is_glob(rule->parent)) {
    return parent_by_glob(link, rule->parent, place_of(*rule));
  }
  auto parent = SetName::parse(rule->parent);
  if (!parent) {
    return with_context(std::move(parent).error(), place_of(*rule));
  }
  return Parent{Link{*parent, parent->text(), place_of(*rule)}, {}};
}

/// The line that the branch left last: of those that the glob fits, and of those that everything comes from, the one
/// whose newest common commit is the newest. Of two that have it, one that fits is meant, and the first by its name.
Result<SetResolver::Parent> SetResolver::parent_by_glob(const Link& link, const std::string& glob,
                                                        const std::string& origin) {
  QSNAP_TRY(read_branches());
  QSNAP_ASSIGN(const Lines lines, lines_for(link, glob));
  QSNAP_ASSIGN(const std::optional<std::string> tip, tip_of(link.branch));
  std::optional<git::Parting> parting;
  if (lines.any_fits && tip) {
    QSNAP_ASSIGN(parting, m_git.last_parting(*tip, lines.refs));
  }
  if (!parting) {
    QSNAP_ASSIGN(std::string note, unknown_parent(link, glob));
    return Parent{{}, std::move(note)};
  }
  for (const git::Branch& branch : *m_branches) {  // sorted by name
    if (contains(parting->refs, branch.ref) && glob_matches(glob, branch.name)) {
      QSNAP_ASSIGN(BranchSet parent, set_of(branch.name));
      return Parent{Link{std::move(parent.set), branch.name, origin}, {}};
    }
  }
  return Parent{};
}

Result<SetResolver::Lines> SetResolver::lines_for(const Link& link, const std::string& glob) const {
  QSNAP_ASSIGN(const std::optional<std::string> remote_main, m_git.remote_default());
  Lines lines;
  for (const git::Branch& branch : *m_branches) {
    const bool is_main = remote_main
                             ? branch.name == *remote_main
                             : std::find(k_main_lines.begin(), k_main_lines.end(), branch.name) != k_main_lines.end();
    const bool fits_glob = glob_matches(glob, branch.name);
    if (branch.name != link.branch && (fits_glob || is_main)) {
      lines.refs.push_back(branch.ref);
      lines.any_fits = lines.any_fits || fits_glob;
    }
  }
  if (lines.refs.size() > k_most_lines) {
    return make_error(ErrorCode::config,
                      fmt::format("the parent \"{}\" fits more than {} branches", glob, k_most_lines),
                      {"say parent: more narrowly, or with the name of a set"});
  }
  return lines;
}

/// The branch itself, here or as a remote had it; HEAD where there is none, as in CI. While a rebase moves it, its ref
/// is where it was. Absent before the first commit.
Result<std::optional<std::string>> SetResolver::tip_of(std::string_view branch) const {
  const auto found = std::find_if(m_branches->begin(), m_branches->end(),
                                  [&](const git::Branch& each) { return each.name == branch; });
  if (found != m_branches->end()) {
    return std::optional{found->ref};
  }
  return git::find_object(m_store->folder().parent_path(), "HEAD^{commit}");
}

/// In words; empty where there is nothing that could be the parent.
Result<std::string> SetResolver::unknown_parent(const Link& link, const std::string& glob) const {
  QSNAP_ASSIGN(const std::vector<SetName> sets, m_store->sets());
  const auto like = std::find_if(sets.begin(), sets.end(),
                                 [&](const SetName& set) { return set != link.set && glob_matches(glob, set.text()); });
  if (like == sets.end()) {
    return std::string{};
  }
  return fmt::format(
      "where {} left a branch like {} is not known here (a shallow clone?), so it inherits from the default set; "
      "git qsnap set create {} --parent {} would say it",
      link.branch, glob, shell_word(link.set.text()), shell_word(like->text()));
}

Result<std::vector<SetName>> SetResolver::orphans_like(std::string_view branch) {
  const config::SetRule* rule = rule_of_branch(branch);
  std::vector<SetName> orphans;
  if (rule == nullptr || !rule->set.empty()) {
    return orphans;
  }
  QSNAP_ASSIGN(const std::vector<SetName> sets, m_store->sets());
  for (const SetName& set : sets) {
    if (set.text() != branch && rule_of_set(set) == rule) {
      QSNAP_ASSIGN(const std::vector<std::string> names, branches_of(set));
      if (names.empty()) {
        orphans.push_back(set);
      }
    }
  }
  return orphans;
}

Result<std::vector<std::string>> SetResolver::branches_of(const SetName& set) {
  if (!m_branches_by_set) {
    QSNAP_TRY(read_branches());
    m_branches_by_set.emplace();
    for (const git::Branch& branch : *m_branches) {
      const auto given = set_of(branch.name);
      std::vector<std::string>& names =
          (*m_branches_by_set)[given && !given->rule.empty() ? given->set.text() : branch.name];
      if (names.empty() || names.back() != branch.name) {
        names.push_back(branch.name);
      }
    }
  }
  const auto found = m_branches_by_set->find(set.text());
  return found == m_branches_by_set->end() ? std::vector<std::string>{} : found->second;
}

}  // namespace qsnap::app
