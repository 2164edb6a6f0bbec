// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/app/hooks/hooks.hpp>
#include <qsnap/app/hooks/snapshot_check.hpp>
#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app::hooks {

namespace {

namespace fs = std::filesystem;
using report::HookFinding;

/// A push that brings more than these has its newest ones checked.
constexpr std::size_t k_most_blobs = 1000;

constexpr std::string_view k_no_lfs_hook =
    "git-lfs has no pre-push hook here, so this push sends none of the objects that its pointers name: git lfs push "
    "--all REMOTE sends them; git lfs update --force, then git qsnap install, has it done by every push";

/// What is pushed, and what is there already, as ids of commits.
struct Push {
  std::string remote;
  std::vector<std::string> tips;
  std::vector<std::string> known;  ///< may be unknown in this clone: somebody else pushed meanwhile
};

/// A line for each ref: "<local ref> <local id> <remote ref> <remote id>". Refs have no spaces in them; a deleted one
/// has no local id.
Result<Push> parse_push(const HookCall& call) {
  Push push;
  push.remote = call.arguments.empty() ? std::string{} : call.arguments.front();
  for (const std::string_view line : split(call.input, '\n')) {
    const std::size_t last = line.rfind(' ');
    const std::size_t middle = last == std::string_view::npos || last == 0 ? last : line.rfind(' ', last - 1);
    const std::size_t first = middle == std::string_view::npos || middle == 0 ? middle : line.rfind(' ', middle - 1);
    if (first == std::string_view::npos) {
      return make_error(ErrorCode::usage, "pre-push gets a line with two refs and two ids for each ref from Git");
    }
    const std::string_view local = line.substr(first + 1, middle - first - 1), remote = line.substr(last + 1);
    if (is_no_id(local)) {
      continue;
    }
    push.tips.emplace_back(local);
    if (!is_no_id(remote)) {
      push.known.emplace_back(remote);
    }
  }
  return push;
}

/// The refs that say what the remote had when it was last seen. A push to a URL has none.
std::string remote_refs(const Push& push) {
  const bool plain = !push.remote.empty() && push.remote.find_first_of("*?[\\") == std::string::npos;
  return plain ? fmt::format("--remotes={}", push.remote) : std::string{"--remotes=[]"};
}

/// What the commits bring that the remote has not, newest first. Of a merge, only what none of its parents has.
Result<std::vector<ChangedFile>> pushed_files(const fs::path& folder, const Push& push) {
  std::string revisions;
  for (const std::string& tip : push.tips) {
    revisions += tip + '\n';
  }
  for (const std::string& known : push.known) {
    revisions += '^' + known + '\n';
  }
  // The whole history: the simplified one leaves out branches that were merged without an effect.
  QSNAP_ASSIGN(const std::string commits,
               git::git_output({.folder = folder,
                                .arguments = {"rev-list", "--full-history", "--ignore-missing", "--stdin", "--not",
                                              remote_refs(push), "--", std::string{store::k_pathspec}},
                                .input = std::move(revisions)}));
  if (commits.empty()) {
    return std::vector<ChangedFile>{};
  }
  QSNAP_ASSIGN(
      const std::string diffs,
      git::git_output({.folder = folder,
                       .arguments = {"diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "-z", "--no-renames",
                                     "--no-abbrev", "--no-ext-diff", "--", std::string{store::k_pathspec}},
                       .input = commits}));
  return parse_raw_diff(diffs);
}

/// Asked only of what was found to be bad: it takes a walk through the remote's history.
Result<bool> is_on_remote(const fs::path& folder, const Push& push, const ChangedFile& file) {
  std::string revisions;
  for (const std::string& known : push.known) {
    revisions += known + '\n';
  }
  QSNAP_ASSIGN(const std::string commit,
               git::git_output({.folder = folder,
                                .arguments = {"log", "-1", "--format=%H", "--no-patch", "--no-follow", "--full-history",
                                              "--ignore-missing", "--find-object=" + file.after_id, "--stdin",
                                              remote_refs(push), "--", ":(top,literal)" + file.path},
                                .input = std::move(revisions)}));
  return !commit.empty();
}

/// One blob stands in many commits and under many names; the newest says enough.
std::vector<ChangedFile> each_blob_once(std::vector<ChangedFile> files) {
  std::set<std::string> seen;
  std::erase_if(files, [&](const ChangedFile& file) {
    return file.kind == ChangeKind::removed || !seen.insert(file.after_id).second;
  });
  return files;
}

class PushCheck {
 public:
  PushCheck(const HookCall& call, const Push& push, fs::path objects)
      : m_folder(call.folder), m_push(push), m_objects(std::move(objects)) {}

  Result<void> check(const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob) {
    // What counts is the newest version of a name; the others may be many.
    const Depth depth = m_names.insert(file.path).second ? Depth::everything : Depth::digests;
    QSNAP_ASSIGN(Content content, content_of(file, std::move(blob), m_objects));
    m_has_pointers = m_has_pointers || content.in_lfs;
    QSNAP_ASSIGN(const Soundness soundness, check_soundness(file, std::move(content), depth));
    if (soundness.findings.empty()) {
      return {};
    }
    QSNAP_ASSIGN(const bool known, file.is_regular ? is_on_remote(m_folder, m_push, file) : Result<bool>{false});
    constexpr std::size_t k_short_id = 10;
    for (HookFinding finding : soundness.findings) {
      finding.what += fmt::format(" (commit {}{})", file.commit_id.substr(0, k_short_id),
                                  known ? "; the remote has it already" : "");
      finding.weight = known ? HookFinding::Weight::warning : finding.weight;
      m_findings.push_back(std::move(finding));
    }
    return {};
  }

  [[nodiscard]] std::vector<HookFinding> take() { return std::move(m_findings); }
  [[nodiscard]] bool has_pointers() const { return m_has_pointers; }

 private:
  const fs::path& m_folder;
  const Push& m_push;
  fs::path m_objects;
  bool m_has_pointers = false;
  std::set<std::string> m_names;
  std::vector<HookFinding> m_findings;
};

}  // namespace

Result<report::HookView> check_push(const HookCall& call, const Progress& progress) {
  report::HookView view;
  view.hook = call.hook;
  QSNAP_ASSIGN(const Push push, parse_push(call));
  if (push.tips.empty()) {
    return view;
  }
  Result<std::vector<ChangedFile>> pushed = pushed_files(call.folder, push);
  if (!pushed) {  // a clone without trees, say: nothing that the push could be blamed for
    view.notes.push_back("the snapshots could not be checked: " + pushed.error().message);
    return view;
  }
  std::vector<ChangedFile> files = each_blob_once(*std::move(pushed));
  if (files.size() > k_most_blobs) {
    view.notes.push_back(fmt::format("only the newest {} of {} snapshots were checked", k_most_blobs, files.size()));
    files.resize(k_most_blobs);
  }
  QSNAP_ASSIGN(fs::path objects, objects_of(call.folder));
  PushCheck check{call, push, std::move(objects)};
  QSNAP_TRY(for_each_file(
      call.folder, files,
      [&](const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob) {
        return check.check(file, std::move(blob));
      },
      progress));
  view.checked = files.size();
  view.findings = check.take();
  if (check.has_pointers()) {
    QSNAP_ASSIGN(const bool sends_objects, has_lfs_push_hook(call.folder));
    if (!sends_objects) {
      view.notes.emplace_back(k_no_lfs_hook);
    }
  }
  view.advice = advice_on(view.findings);
  return view;
}

}  // namespace qsnap::app::hooks
