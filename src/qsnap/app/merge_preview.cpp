// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/app/merge_preview.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

}  // namespace

std::string_view next_item(std::string_view& rest) {
  const std::string_view item = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(rest.size(), item.size() + 1));
  return item;
}

Result<std::string> commit_of(const fs::path& folder, const std::string& name) {
  QSNAP_ASSIGN(auto id, git::find_object(folder, fmt::format("{}^{{commit}}", name)));
  if (!id) {
    return make_error(ErrorCode::not_found, fmt::format("there is no commit {}", name),
                      {"git branch --all lists what there is; git fetch brings what is not here"});
  }
  return *std::move(id);
}

Result<bool> is_ancestor(const fs::path& folder, const std::string& ancestor, const std::string& commit) {
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git({.folder = folder, .arguments = {"merge-base", "--is-ancestor", ancestor, commit}, .input = {}}));
  if (answer.exit_code > 1) {
    return make_error(ErrorCode::git, fmt::format("git merge-base failed: {}", without_line_end(answer.errors)));
  }
  return answer.exit_code == 0;
}

Result<MergedTree> merge_trees(const fs::path& folder, const MergeSettings& settings, MergeSettings::Purpose purpose,
                               const std::string& ours, const std::string& theirs) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = settings.with(purpose, {"merge-tree", "--write-tree", "--name-only",
                                                                  "--no-messages", "-z", ours, theirs}),
                             .input = {}}));
  if (answer.exit_code > 1) {
    return make_error(ErrorCode::git, fmt::format("git merge-tree failed: {}", without_line_end(answer.errors)),
                      {"it needs git 2.38, and to write into the top of the work tree"});
  }
  std::string_view rest = answer.output;
  MergedTree merged;
  merged.id = next_item(rest);
  while (!rest.empty()) {
    merged.conflicts.emplace_back(next_item(rest));
  }
  std::erase(merged.conflicts, "");
  if (answer.exit_code == 1 && merged.conflicts.empty()) {
    return make_error(ErrorCode::git, fmt::format("git merge-tree failed: {}", without_line_end(answer.errors)));
  }
  return merged;
}

}  // namespace qsnap::app
