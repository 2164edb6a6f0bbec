// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_preview.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/set_origins.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/file_history.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_mark = "commit";
constexpr std::string_view k_lfs = "lfs/";

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

Result<SetOrigins::Log> SetOrigins::read_log(const fs::path& folder, const store::SetName& set,
                                             const std::string& revision) {
  // All branches that were merged count, and of merges themselves nothing is shown: what a merge has, one of its
  // parents brought.
  std::vector<std::string> arguments = git::plain_log(
      {"--topo-order", "--full-history", "--no-renames", "--diff-filter=AD", "--name-status", "--diff-merges=off",
       fmt::format("--format=%x00{}%x00%H%x00%P%x00", k_mark), "--end-of-options", revision, "--"});
  for (const std::string_view storage : {std::string_view{}, k_lfs}) {
    arguments.push_back(fmt::format(":(top,literal){}/{}sets/{}", store::k_folder, storage, set.encoded()));
  }
  QSNAP_ASSIGN(const std::string output,
               git::git_output({.folder = folder, .arguments = std::move(arguments), .input = {}}));
  QSNAP_ASSIGN(const std::vector<Step> steps, parse_steps(output));
  Log log;
  std::set<std::string, std::less<>> ended;  // what lies before a deletion was another file
  for (const Step& step : steps) {           // the newest first
    log.commits.insert(step.commit);
    for (const std::string& file : step.added) {
      Life& life = log.files[file];
      if (step.deleted.contains(file)) {
        continue;
      }
      if (!ended.contains(file)) {
        life.began = Origin{step.commit, step.parent};
      } else if (life.taken_away) {
        life.older.push_back({step.commit, step.parent});
      }
    }
    for (const std::string& file : step.deleted) {
      if (!step.added.contains(file) && ended.insert(file).second && !log.files[file].began) {
        log.files[file].taken_away = Origin{step.commit, step.parent};
      }
    }
  }
  return log;
}

Result<SetOrigins> SetOrigins::read(const store::Store& target, const store::SetName& set) {
  SetOrigins found{target, set};
  const fs::path& folder = target.folder();
  QSNAP_ASSIGN(std::vector<std::string> others, branch_tips(folder, set));
  QSNAP_ASSIGN(const std::optional<std::string> merged, git::find_object(folder, "MERGE_HEAD^{commit}"));
  if (merged) {
    others.push_back(*merged);
    found.m_here.push_back(*merged);
  }
  for (const std::string& revision : others) {
    QSNAP_ASSIGN(Log log, read_log(folder, set, revision));
    found.m_others.push_back(std::move(log));
  }
  QSNAP_ASSIGN(const std::optional<std::string> head, git::find_object(folder, "HEAD^{commit}"));
  if (head) {
    QSNAP_ASSIGN(found.m_head, read_log(folder, set, *head));
    found.m_here.push_back(*head);
  }
  return found;
}

/// Absent for what no commit brought. HEAD's own history decides, but for what another one began that is not in it:
/// it was rebased or squashed, or is not merged yet.
Result<std::optional<SetOrigins::Found>> SetOrigins::find(const std::string& file) const {
  for (const Log& log : m_others) {
    const auto at = log.files.find(file);
    if (at != log.files.end() && at->second.began && !m_head.commits.contains(at->second.began->commit)) {
      return std::optional{Found{*at->second.began, false}};
    }
  }
  const auto at = m_head.files.find(file);
  if (at == m_head.files.end() || (!at->second.began && !at->second.taken_away)) {
    return std::optional<Found>{};
  }
  QSNAP_ASSIGN(Found found, settle(at->second));
  QSNAP_ASSIGN(const bool is_back, found.took_away ? is_here(file) : Result<bool>{true});
  return is_back ? std::optional{std::move(found)} : std::nullopt;  // else no commit has what is here
}

/// What was added in a line that knows nothing of the deletion is a file of its own.
Result<SetOrigins::Found> SetOrigins::settle(const Life& life) const {
  if (life.began) {
    return Found{*life.began, false};
  }
  for (auto older = life.older.rbegin(); older != life.older.rend(); ++older) {
    QSNAP_ASSIGN(const bool is_known, is_ancestor(m_target->folder(), older->commit, life.taken_away->commit));
    if (!is_known) {
      return Found{*older, false};
    }
  }
  return Found{*life.taken_away, true};
}

Result<bool> SetOrigins::is_here(const std::string& file) const {
  for (const std::string& commit : m_here) {
    for (const std::string_view storage : {std::string_view{}, k_lfs}) {
      QSNAP_ASSIGN(const auto blob, git::find_object(m_target->folder(), fmt::format("{}:{}/{}{}", commit,
                                                                                     store::k_folder, storage, file)));
      if (blob) {
        return true;
      }
    }
  }
  return false;
}

Result<SetBase> SetOrigins::base_in(const std::string& commit, const store::SnapshotName& name) const {
  QSNAP_ASSIGN(std::optional<codec::SnapshotReader> document, m_target->find_in(commit, name));
  return SetBase{std::move(document), commit};
}

Result<SetBase> SetOrigins::base_in_head(const store::SnapshotName& name) const {
  QSNAP_ASSIGN(const auto head, git::find_object(m_target->folder(), "HEAD^{commit}"));
  return head ? base_in(*head, name) : SetBase{};
}

/// A rebase or a squash puts the set's files upon states that nobody had seen when they were made, and with such a base
/// a merge would undo these. What was captured later than the set's first version cannot be what that one began from:
/// then it is the newest state that was captured before.
Result<SetBase> SetOrigins::not_younger(SetBase base, const std::optional<codec::SnapshotReader>& first,
                                        const store::SnapshotName& name) const {
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
  const store::SnapshotName own = name.in(m_set);
  QSNAP_ASSIGN(const std::optional<Found> found, find(own.relative_path().generic_string()));
  if (found && found->origin.parent.empty()) {
    return SetBase{};
  }
  if (found && found->took_away) {
    return base_in(found->origin.parent, own);
  }
  QSNAP_ASSIGN(SetBase base, found ? base_in(found->origin.parent, name) : base_in_head(name));
  QSNAP_ASSIGN(const auto first, found ? m_target->find_in(found->origin.commit, own) : m_target->find(own));
  return not_younger(std::move(base), first, name);
}

Result<SetBase> SetOrigins::base_of_mark(const store::SnapshotName& name) const {
  QSNAP_ASSIGN(const std::optional<Found> found, find(store::removed_mark(name.in(m_set)).generic_string()));
  if (!found) {
    return base_in_head(name);
  }
  // What came into the target after it had removed the snapshot, nobody has removed yet.
  const bool is_unknown = found->origin.parent.empty() || found->took_away;
  return is_unknown ? Result<SetBase>{SetBase{}} : base_in(found->origin.parent, name);
}

}  // namespace qsnap::app
