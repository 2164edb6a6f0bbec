// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/branches.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/libgit2.hpp>

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_heads = "refs/heads/";
constexpr std::string_view k_remotes = "refs/remotes/";
constexpr std::size_t k_most_list_bytes = 64 * limits::k_mib;

using ReferenceHandle = std::unique_ptr<git_reference, Deleter<git_reference_free>>;
using ReflogHandle = std::unique_ptr<git_reflog, Deleter<git_reflog_free>>;

std::optional<std::string> without(std::string_view prefix, std::string_view ref) {
  return ref.starts_with(prefix) ? std::optional<std::string>{ref.substr(prefix.size())} : std::nullopt;
}

/// Where git runs: from a git dir it might refuse to (safe.bareRepository).
fs::path folder_of(const Repository& repository) {
  return repository.work_tree().value_or(repository.git_dir());
}

/// What a symbolic ref stands for; absent for any other, and for none.
Result<std::optional<std::string>> symbolic_target(git_repository* repository, const char* ref) {
  git_reference* found = nullptr;
  const int status = git_reference_lookup(&found, repository, ref);
  const ReferenceHandle reference{found};
  if (status < 0 && status != GIT_ENOTFOUND) {
    return git_error(fmt::format("read {}", ref));
  }
  const char* target = status < 0 ? nullptr : git_reference_symbolic_target(reference.get());
  return target == nullptr ? std::nullopt : std::optional<std::string>{target};
}

/// "refs/remotes/origin/x" is the remote's x. A remote whose name holds '/' is taken for a shorter one.
std::optional<Branch> branch_of(std::string_view ref) {
  if (auto name = without(k_heads, ref)) {
    return Branch{*std::move(name), std::string{ref}};
  }
  const std::size_t slash = ref.find('/', k_remotes.size());
  const bool remote = ref.starts_with(k_remotes) && slash != std::string_view::npos && slash + 1 < ref.size();
  return remote ? std::optional{Branch{std::string{ref.substr(slash + 1)}, std::string{ref}}} : std::nullopt;
}

/// What a branch was called before, by one message of its log: "Branch: renamed refs/heads/OLD to refs/heads/NEW".
std::optional<std::string> name_before(std::string_view message, std::string_view branch) {
  const std::string end = fmt::format(" to {}{}", k_heads, branch);
  const std::string start = fmt::format("Branch: renamed {}", k_heads);
  if (message.size() <= start.size() + end.size() || !message.starts_with(start) || !message.ends_with(end)) {
    return std::nullopt;
  }
  return std::string{message.substr(start.size(), message.size() - start.size() - end.size())};
}

/// The commits where excluded lines begin, the newest first: the "TIME -ID" lines among "TIME ID" ones.
std::vector<std::string> boundaries(std::string_view lines) {
  constexpr std::size_t k_most = 100;  // more than that are merges of long ago
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const std::string_view line : split(lines, '\n')) {
    const std::size_t space = line.find(" -");
    const auto time = space == std::string_view::npos ? std::nullopt : parse_integer(line.substr(0, space));
    if (time) {
      found.emplace_back(*time, line.substr(space + 2));
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>{});
  std::vector<std::string> commits;
  for (std::size_t i = 0; i < std::min(found.size(), k_most); ++i) {
    commits.push_back(std::move(found[i].second));
  }
  return commits;
}

/// The first of the commits that none of the others comes from: many commits are made within one second.
Result<std::optional<std::string>> first_independent(const fs::path& folder, const std::vector<std::string>& commits) {
  if (commits.size() < 2) {
    return commits.empty() ? std::nullopt : std::optional{commits.front()};
  }
  GitCommand command{folder, {"merge-base", "--independent"}, {}, k_most_list_bytes};
  command.arguments.insert(command.arguments.end(), commits.begin(), commits.end());
  QSNAP_ASSIGN(const std::string lines, git_output(command));
  const std::vector<std::string_view> independent = split(lines, '\n');
  const auto first = std::find_first_of(commits.begin(), commits.end(), independent.begin(), independent.end());
  return first == commits.end() ? std::nullopt : std::optional{*first};
}

}  // namespace

Result<std::optional<std::string>> Branches::checked_out() const {
  QSNAP_ASSIGN(const auto target, symbolic_target(m_repository->m_state->handle.get(), "HEAD"));
  return target ? without(k_heads, *target) : std::nullopt;
}

Result<std::optional<std::string>> Branches::being_rebased() const {
  constexpr std::size_t k_most_bytes = 4096;
  for (const char* below : {"rebase-merge/head-name", "rebase-apply/head-name"}) {
    const fs::path file = m_repository->git_dir() / below;
    std::error_code unreadable;
    if (!fs::is_regular_file(fs::symlink_status(file, unreadable))) {
      continue;
    }
    QSNAP_ASSIGN(const std::string text, read_file(file, k_most_bytes));
    return without(k_heads, std::string_view{text}.substr(0, text.find('\n')));  // "detached HEAD" is no branch
  }
  return std::optional<std::string>{};
}

Result<std::vector<Branch>> Branches::list() const {
  QSNAP_ASSIGN(const std::string lines,
               git_output({folder_of(*m_repository),
                           {"for-each-ref", "--format=%(if)%(symref)%(then)%(else)%(refname)%(end)",
                            std::string{k_heads}, std::string{k_remotes}},
                           {},
                           k_most_list_bytes}));
  std::vector<Branch> branches;
  for (const std::string_view ref : split(lines, '\n')) {
    if (auto branch = branch_of(ref)) {
      branches.push_back(*std::move(branch));
    }
  }
  std::sort(branches.begin(), branches.end(), [](const Branch& a, const Branch& b) {
    return std::pair{a.name, a.ref} < std::pair{b.name, b.ref};
  });
  return branches;
}

Result<std::vector<std::string>> Branches::earlier_names(std::string_view branch) const {
  git_reflog* read = nullptr;
  const std::string ref = fmt::format("{}{}", k_heads, branch);
  const int status = git_reflog_read(&read, m_repository->m_state->handle.get(), ref.c_str());
  const ReflogHandle log{read};
  std::vector<std::string> names;
  if (status < 0) {
    return names;  // a branch without a log
  }
  std::string name{branch};
  for (std::size_t i = 0; i < git_reflog_entrycount(log.get()); ++i) {
    const char* message = git_reflog_entry_message(git_reflog_entry_byindex(log.get(), i));
    if (auto before = message == nullptr ? std::nullopt : name_before(message, name)) {
      name = *before;
      names.push_back(*std::move(before));
    }
  }
  return names;
}

Result<std::optional<std::string>> Branches::remote_default() const {
  QSNAP_ASSIGN(const auto target, symbolic_target(m_repository->m_state->handle.get(), "refs/remotes/origin/HEAD"));
  return target ? without("refs/remotes/origin/", *target) : std::nullopt;
}

Result<std::optional<Parting>> Branches::last_parting(const std::string& tip,
                                                      const std::vector<std::string>& refs) const {
  const fs::path folder = folder_of(*m_repository);
  std::string revisions = tip + '\n';
  for (const std::string& ref : refs) {
    revisions += fmt::format("^{}\n", ref);
  }
  QSNAP_ASSIGN(
      const std::string lines,
      git_output(
          {folder, {"rev-list", "--boundary", "--timestamp", "--stdin"}, std::move(revisions), k_most_list_bytes}));
  std::optional<std::string> commit = tip;  // all that it has some of them have, too
  if (!lines.empty()) {
    QSNAP_ASSIGN(commit, first_independent(folder, boundaries(lines)));
  }
  if (!commit) {
    return std::optional<Parting>{};
  }
  GitCommand having{folder, {"for-each-ref", "--contains", *commit, "--format=%(refname)"}, {}, k_most_list_bytes};
  having.arguments.insert(having.arguments.end(), refs.begin(), refs.end());
  QSNAP_ASSIGN(const std::string found, git_output(having));
  Parting parting{*commit, {}};
  for (const std::string_view ref : split(found, '\n')) {
    if (std::find(refs.begin(), refs.end(), ref) != refs.end()) {
      parting.refs.emplace_back(ref);
    }
  }
  return std::optional{std::move(parting)};
}

}  // namespace qsnap::git
