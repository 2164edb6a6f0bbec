// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/set_choice.hpp>
#include <qsnap/app/set_resolver.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

using store::SetName;

/// What a variable of a CI system holds.
enum class Holds : std::uint8_t {
  branch,
  ref,            ///< "refs/heads/x"; anything else is no branch
  remote_branch,  ///< "origin/x", or "x"
};

struct CiVariable {
  std::string_view name;
  Holds holds = Holds::branch;
  std::string_view only_if{};  ///< this variable has `is`; empty: always
  std::string_view is{};
  std::string_view unless{};  ///< this one is set: a tag is being built; empty: always
};

/// A pull request's branch before the one that a job is of. By the documentation of GitHub (and Gitea, Forgejo),
/// GitLab, Bitbucket, Jenkins, CircleCI, Buildkite, Travis, Azure Pipelines, Drone, Woodpecker, AppVeyor, Semaphore and
/// AWS CodeBuild.
constexpr std::array<CiVariable, 24> k_ci_variables{{
    {"GITHUB_HEAD_REF"},
    {"GITHUB_REF_NAME", Holds::branch, "GITHUB_REF_TYPE", "branch"},
    {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"},
    {"CI_COMMIT_SOURCE_BRANCH"},
    {"CI_COMMIT_BRANCH"},
    {"CI_COMMIT_REF_NAME", Holds::branch, {}, {}, "CI_COMMIT_TAG"},
    {"BITBUCKET_BRANCH"},
    {"CHANGE_BRANCH"},
    {"BRANCH_NAME", Holds::branch, {}, {}, "TAG_NAME"},
    {"GIT_BRANCH", Holds::remote_branch},
    {"CIRCLE_BRANCH"},
    {"BUILDKITE_BRANCH", Holds::branch, {}, {}, "BUILDKITE_TAG"},
    {"TRAVIS_PULL_REQUEST_BRANCH"},
    {"TRAVIS_BRANCH", Holds::branch, {}, {}, "TRAVIS_TAG"},
    {"SYSTEM_PULLREQUEST_SOURCEBRANCH", Holds::ref},
    {"BUILD_SOURCEBRANCH", Holds::ref},
    {"DRONE_SOURCE_BRANCH"},
    {"DRONE_BRANCH", Holds::branch, {}, {}, "DRONE_TAG"},
    {"APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"},
    {"APPVEYOR_REPO_BRANCH", Holds::branch, {}, {}, "APPVEYOR_REPO_TAG_NAME"},
    {"SEMAPHORE_GIT_PR_BRANCH"},
    {"SEMAPHORE_GIT_BRANCH", Holds::branch, {}, {}, "SEMAPHORE_GIT_TAG_NAME"},
    {"CODEBUILD_WEBHOOK_HEAD_REF", Holds::ref},
    {"CF_BRANCH"},
}};

constexpr std::string_view k_heads = "refs/heads/";

std::string without(std::string_view prefix, std::string_view text) {
  return std::string{text.starts_with(prefix) ? text.substr(prefix.size()) : text};
}

/// The branch that a variable names; empty: none.
std::string branch_in(const CiVariable& variable, const Environment& environment) {
  const std::string value = environment(variable.name).value_or("");
  const bool counts = variable.only_if.empty() || environment(variable.only_if).value_or("") == variable.is;
  if (!counts || (!variable.unless.empty() && environment(variable.unless))) {
    return {};
  }
  if (variable.holds == Holds::ref && !value.starts_with(k_heads)) {
    return {};
  }
  return without(variable.holds == Holds::remote_branch ? "origin/" : k_heads, value);
}

/// Who says which branch it is, in the order of docs/sets.md; `chosen` gets branch, source and variable.
Result<ChosenSet> choose_branch(const git::Branches& git, const SetWords& words) {
  ChosenSet chosen;
  const auto said = [&](BranchSource source, std::string branch, std::string_view variable) {
    chosen.source = source;
    chosen.branch = std::move(branch);
    chosen.variable = variable;
    return chosen;
  };
  if (!words.branch.empty()) {
    return said(BranchSource::option, without(k_heads, words.branch), {});
  }
  constexpr std::string_view k_variable = "QSNAP_BRANCH";
  if (const auto branch = words.environment(k_variable)) {
    return said(BranchSource::variable, without(k_heads, *branch), k_variable);
  }
  QSNAP_ASSIGN(std::optional<std::string> head, git.checked_out());
  if (head) {
    return said(BranchSource::head, *std::move(head), {});
  }
  QSNAP_ASSIGN(std::optional<std::string> moving, git.being_rebased());
  if (moving) {
    return said(BranchSource::rebase, *std::move(moving), {});
  }
  for (const CiVariable& variable : k_ci_variables) {
    if (std::string branch = branch_in(variable, words.environment); !branch.empty()) {
      return said(BranchSource::ci, std::move(branch), variable.name);
    }
  }
  chosen.notes.emplace_back(
      "HEAD is detached and nobody says which branch it is, so the default set is used; say --branch or QSNAP_BRANCH");
  return chosen;
}

Result<void> refuse_case_twin(const store::Store& store, const SetName& set) {
  QSNAP_ASSIGN(const std::optional<SetName> twin, store::case_twin(store, set));
  if (!twin) {
    return {};
  }
  return make_error(
      ErrorCode::refused,
      fmt::format("the set {} differs from the set {} in case alone: on some systems the two are one folder",
                  set.text(), twin->text()),
      {fmt::format("rename the branch, or give both one set by set: in {}/config.yaml", store::k_folder)});
}

std::string joined(const std::vector<SetName>& sets) {
  std::string words;
  for (const SetName& set : sets) {
    words += words.empty() ? set.text() : ", " + set.text();
  }
  return words;
}

/// Which set a branch had before it was renamed, as far as anybody can tell; empty: nothing to say.
Result<std::string> renamed_note(const store::Store& store, SetResolver& resolver, const ChosenSet& chosen) {
  constexpr std::size_t k_most_told = 3;
  const bool here = chosen.source == BranchSource::head || chosen.source == BranchSource::rebase;
  QSNAP_ASSIGN(const std::vector<SetName> sets, store.sets());
  const SetName current = chosen.chain.current();
  if (!here || sets.empty() || std::find(sets.begin(), sets.end(), current) != sets.end()) {
    return std::string{};
  }
  QSNAP_ASSIGN(std::vector<SetName> orphans, resolver.orphans_like(chosen.branch));
  if (orphans.empty() || current.text() != chosen.branch) {
    return std::string{};
  }
  QSNAP_ASSIGN(const std::vector<std::string> before, resolver.git().earlier_names(chosen.branch));
  const auto renamed = std::find_if(orphans.begin(), orphans.end(), [&](const SetName& set) {
    return std::find(before.begin(), before.end(), set.text()) != before.end();
  });
  if (renamed != orphans.end()) {
    return fmt::format("the branch {} was called {}, and has no set under its new name: git qsnap set rename {} {}",
                       chosen.branch, renamed->text(), shell_word(renamed->text()), shell_word(current.text()));
  }
  const std::string more =
      orphans.size() > k_most_told ? fmt::format(" and {} more", orphans.size() - k_most_told) : "";
  orphans.erase(orphans.begin() + static_cast<std::ptrdiff_t>(std::min(orphans.size(), k_most_told)), orphans.end());
  return fmt::format(
      "{} has no set yet, and no branch has the set {}{} any more; if it was renamed: "
      "git qsnap set rename {} {}",
      chosen.branch, joined(orphans), more, shell_word(orphans.front().text()), shell_word(current.text()));
}

/// The chain of the set, with what is to be said of it.
Result<ChosenSet> with_chain(const store::Store& store, SetResolver& resolver, ChosenSet chosen, const SetName& set) {
  if (set.is_default()) {
    return chosen;
  }
  QSNAP_TRY(refuse_case_twin(store, set));
  QSNAP_ASSIGN(ResolvedChain resolved, resolver.chain_of(set, chosen.branch));
  chosen.chain = std::move(resolved.chain);
  chosen.notes.insert(chosen.notes.end(), resolved.notes.begin(), resolved.notes.end());
  QSNAP_ASSIGN(std::string note, renamed_note(store, resolver, chosen));
  if (!note.empty()) {
    chosen.notes.push_back(std::move(note));
  }
  return chosen;
}

}  // namespace

Result<ChosenSet> choose_set(const store::Store& store, const SetWords& words) {
  const std::string named = words.set.empty() ? words.environment("QSNAP_SET").value_or("") : words.set;
  QSNAP_ASSIGN(config::Config config, store.config());
  SetResolver resolver{store, std::move(config.sets)};
  if (!named.empty()) {
    QSNAP_ASSIGN(const SetName set, SetName::parse(named));
    return with_chain(store, resolver, {}, set);
  }
  if (!resolver.has_rules()) {
    return ChosenSet{};
  }
  QSNAP_ASSIGN(ChosenSet chosen, choose_branch(resolver.git(), words));
  if (chosen.source == BranchSource::none) {
    return chosen;
  }
  QSNAP_ASSIGN(BranchSet given, resolver.set_of(chosen.branch));
  chosen.rule = std::move(given.rule);
  return with_chain(store, resolver, std::move(chosen), given.set);
}

std::string set_words(const ChosenSet& chosen) {
  std::string words = "set ";
  for (const SetName& set : chosen.chain.sets) {
    words += set.text() + ", then ";
  }
  words += "default";
  switch (chosen.source) {
    case BranchSource::option:
    case BranchSource::head:
      return fmt::format("{} (branch {})", words, chosen.branch);
    case BranchSource::rebase:
      return fmt::format("{} (branch {}, which is being rebased)", words, chosen.branch);
    case BranchSource::variable:
    case BranchSource::ci:
      return fmt::format("{} (branch {}, says {})", words, chosen.branch, chosen.variable);
    case BranchSource::none:
      break;
  }
  return words;
}

}  // namespace qsnap::app
