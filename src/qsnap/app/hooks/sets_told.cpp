// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <qsnap/app/hooks/hooks.hpp>
#include <qsnap/app/merge_preview.hpp>
#include <qsnap/app/promote.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::hooks {

namespace {

namespace fs = std::filesystem;

/// The sets of files that are there after the merge, by their names as a user says them.
std::set<std::string> sets_of(const std::vector<ChangedFile>& files) {
  std::set<std::string> sets;
  for (const ChangedFile& file : files) {
    const auto name = file.kind == ChangeKind::removed ? std::nullopt : store::name_of_path(file.path);
    if (name && name->set()) {
      sets.insert(name->set()->text());
    }
  }
  return sets;
}

/// The commits of all branches of that name: the one here, and those of remotes as they were fetched.
Result<std::vector<std::string>> branches_named(const fs::path& folder, const std::string& branch) {
  QSNAP_ASSIGN(
      const std::string refs,
      git::git_output({.folder = folder,
                       .arguments = {"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"},
                       .input = {}}));
  std::vector<std::string> tips;
  for (const std::string_view line : split(refs, '\n')) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view ref = line.substr(std::min(space + 1, line.size()));
    const bool is_remote = ref.starts_with("refs/remotes/") && ref.ends_with('/' + branch);
    if (ref == "refs/heads/" + branch || is_remote) {
      tips.emplace_back(line.substr(0, space));
    }
  }
  return tips;
}

/// Whether nobody works in that branch any more: it is merged, or gone.
Result<bool> is_done(const fs::path& folder, const std::string& branch) {
  QSNAP_ASSIGN(const std::vector<std::string> tips, branches_named(folder, branch));
  for (const std::string& tip : tips) {
    QSNAP_ASSIGN(const bool merged, is_ancestor(folder, tip, "HEAD"));
    if (!merged) {
      return false;
    }
  }
  return true;
}

Result<std::vector<std::string>> find_lines(const fs::path& folder, const std::set<std::string>& sets) {
  SetWords here;
  here.environment = [](std::string_view) { return std::optional<std::string>{}; };
  QSNAP_ASSIGN(const store::Store store, store::Store::open(folder));
  QSNAP_ASSIGN(const ChosenSet current, choose_set(store, here));
  std::vector<std::string> lines;
  for (const std::string& set : sets) {
    const auto request = promote_request(store, {set, {}, {}});
    QSNAP_ASSIGN(const bool done, is_done(folder, set));
    if (request && done && request->target.current() == current.chain.current()) {
      lines.push_back(fmt::format("set {} came in: git qsnap set promote {}", set, shell_word(set)));
    }
  }
  return lines;
}

}  // namespace

std::vector<std::string> sets_to_promote(const fs::path& folder, const std::vector<ChangedFile>& files) {
  constexpr std::size_t k_most_lines = 5;
  const std::set<std::string> sets = sets_of(files);
  auto lines = sets.empty() ? std::vector<std::string>{} : find_lines(folder, sets);
  if (!lines) {
    return {};
  }
  if (lines->size() > k_most_lines) {
    const std::size_t more = lines->size() - k_most_lines;
    lines->resize(k_most_lines);
    lines->push_back(fmt::format("{} more sets came in: git qsnap set list", more));
  }
  return *std::move(lines);
}

}  // namespace qsnap::app::hooks
