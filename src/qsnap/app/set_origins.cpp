// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/set_origins.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/file_history.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_mark = "commit";
constexpr std::string_view k_lfs = "lfs/";
constexpr std::string_view k_removed_suffix = ".removed";

/// What one commit added and deleted. A file that went from Git to Git LFS, or back, is in both.
struct Step {
  std::string commit, parent;
  std::set<std::string, std::less<>> added, deleted;
};

/// ".queue-snapshots/lfs/sets/x/test-cases/a.qsnap" is "sets/x/test-cases/a.qsnap".
std::string file_of(std::string_view path) {
  path.remove_prefix(std::min(path.size(), store::k_folder.size() + 1));
  path.remove_prefix(path.starts_with(k_lfs) ? k_lfs.size() : 0);
  return std::string{path};
}

Error strange_log() {
  return make_error(ErrorCode::git, "git log answered in an unexpected form");
}

/// Tokens that end each with NUL: the mark, the commit, its parents, and then pairs of "A" or "D" and a path.
Result<std::vector<Step>> parse_steps(std::string_view output) {
  const std::vector<std::string_view> tokens = split(output, '\0');
  std::vector<Step> steps;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    std::string_view token = tokens[at];
    token.remove_prefix(token.starts_with('\n') ? 1 : 0);
    if (token.empty()) {
      continue;
    }
    if (token == k_mark && at + 2 < tokens.size()) {
      const std::string_view parents = tokens[at + 2];
      steps.push_back({std::string{tokens[at + 1]}, std::string{parents.substr(0, parents.find(' '))}, {}, {}});
      at += 2;
    } else if ((token == "A" || token == "D") && !steps.empty() && at + 1 < tokens.size()) {
      (token == "A" ? steps.back().added : steps.back().deleted).insert(file_of(tokens[++at]));
    } else {
      return strange_log();
    }
  }
  return steps;
}

/// The branch of that name, here or as it was fetched; empty ids for what there is not.
Result<std::vector<std::string>> branch_tips(const fs::path& folder, const store::SetName& set) {
  std::vector<std::string> tips;
  for (const std::string_view place : {"refs/heads/", "refs/remotes/origin/"}) {
    QSNAP_ASSIGN(const git::GitAnswer answer,
                 git::run_git({.folder = folder,
                               .arguments = {"show-ref", "--verify", "--hash", fmt::format("{}{}", place, set.text())},
                               .input = {}}));
    if (answer.exit_code == 0) {
      tips.emplace_back(answer.output.substr(0, answer.output.find('\n')));
    }
  }
  return tips;
}

}  // namespace

Result<SetOrigins::Origins> SetOrigins::read_log(const fs::path& folder, const store::SetName& set,
                                                 const std::string& revision) {
  // Whatever a setting would add to the output is switched off. All branches that were merged count, and of merges
  // themselves nothing is shown: what a merge has, one of its parents brought.
  std::vector<std::string> arguments = {"-c",
                                        "log.showRoot=true",
                                        "log",
                                        "-z",
                                        "--topo-order",
                                        "--full-history",
                                        "--no-renames",
                                        "--no-relative",
                                        "--diff-filter=AD",
                                        "--name-status",
                                        "--no-ext-diff",
                                        "--no-textconv",
                                        "--no-show-signature",
                                        "--no-notes",
                                        "--no-color",
                                        "--no-decorate",
                                        "--no-mailmap",
                                        "--diff-merges=off",
                                        fmt::format("--format=%x00{}%x00%H%x00%P%x00", k_mark),
                                        "--end-of-options",
                                        revision,
                                        "--"};
  for (const std::string_view storage : {std::string_view{}, k_lfs}) {
    arguments.push_back(fmt::format(":(top,literal){}/{}sets/{}", store::k_folder, storage, set.encoded()));
  }
  QSNAP_ASSIGN(const std::string output,
               git::git_output({.folder = folder, .arguments = std::move(arguments), .input = {}}));
  QSNAP_ASSIGN(const std::vector<Step> steps, parse_steps(output));
  Origins origins;
  std::set<std::string, std::less<>> ended;  // what lies before a deletion was another file
  for (const Step& step : steps) {           // the newest first
    for (const std::string& file : step.added) {
      if (!step.deleted.contains(file) && !ended.contains(file)) {
        origins.insert_or_assign(file, Origin{step.commit, step.parent});
      }
    }
    std::copy_if(step.deleted.begin(), step.deleted.end(), std::inserter(ended, ended.end()),
                 [&](const std::string& file) { return !step.added.contains(file); });
  }
  return origins;
}

Result<SetOrigins> SetOrigins::read(const store::Store& target, const store::SetName& set) {
  SetOrigins found{target, set};
  const fs::path& folder = target.folder();
  QSNAP_ASSIGN(std::vector<std::string> revisions, branch_tips(folder, set));
  QSNAP_ASSIGN(const std::optional<std::string> head, git::find_object(folder, "HEAD^{commit}"));
  if (head) {
    revisions.push_back(*head);
  }
  for (const std::string& revision : revisions) {
    QSNAP_ASSIGN(Origins origins, read_log(folder, set, revision));
    found.m_logs.push_back(std::move(origins));
  }
  return found;
}

const SetOrigins::Origin* SetOrigins::find(std::string_view file) const {
  for (const Origins& log : m_logs) {
    if (const auto at = log.find(file); at != log.end()) {
      return &at->second;
    }
  }
  return nullptr;
}

Result<SetBase> SetOrigins::base_in(const std::string& commit, const store::SnapshotName& name) const {
  QSNAP_ASSIGN(std::optional<codec::SnapshotReader> document, m_target->find_in(commit, name));
  return SetBase{std::move(document), commit};
}

/// A rebase or a squash puts the set's files upon states that nobody had seen when they were made, and with such a base
/// a merge would undo these. What was captured later than the set's first version cannot be what that one began from:
/// then it is the newest state that was captured before.
Result<SetBase> SetOrigins::not_younger(SetBase base, const Origin& origin, const store::SnapshotName& name) const {
  QSNAP_ASSIGN(const auto first, m_target->find_in(origin.commit, name.in(m_set)));
  if (!base.document || !first || base.document->metadata().captured_at <= first->metadata().captured_at) {
    return base;
  }
  const fs::path below = name.in(m_target->chain().current()).relative_path();
  QSNAP_ASSIGN(const std::vector<git::FileVersion> versions,
               git::file_history(m_target->folder(), (fs::path{store::k_folder} / below).generic_string()));
  for (const git::FileVersion& version : versions) {
    auto opened = version.blob_id.empty() ? Result<StageDocument>{strange_log()}
                                          : open_stage(m_target->folder(), {{}, version.blob_id});
    if (opened && opened->document.metadata().captured_at <= first->metadata().captured_at) {
      return SetBase{std::move(opened->document), version.commit.id};
    }
  }
  return SetBase{};
}

Result<SetBase> SetOrigins::base_of(const store::SnapshotName& name) const {
  const Origin* const origin = find(name.in(m_set).relative_path().generic_string());
  if (origin == nullptr) {
    QSNAP_ASSIGN(const auto head, git::find_object(m_target->folder(), "HEAD^{commit}"));
    return head ? base_in(*head, name) : SetBase{};
  }
  if (origin->parent.empty()) {
    return SetBase{};
  }
  QSNAP_ASSIGN(SetBase base, base_in(origin->parent, name));
  return not_younger(std::move(base), *origin, name);
}

Result<SetBase> SetOrigins::base_of_mark(const store::SnapshotName& name) const {
  const Origin* const origin = find(fmt::format("{}{}", name.in(m_set).text(), k_removed_suffix));
  if (origin != nullptr) {
    return origin->parent.empty() ? Result<SetBase>{SetBase{}} : base_in(origin->parent, name);
  }
  QSNAP_ASSIGN(const auto head, git::find_object(m_target->folder(), "HEAD^{commit}"));
  return head ? base_in(*head, name) : SetBase{};
}

}  // namespace qsnap::app
