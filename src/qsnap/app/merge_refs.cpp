// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_preview.hpp>
#include <qsnap/app/merge_refs.hpp>
#include <qsnap/app/merge_settings.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::HeadOutcome;
using report::MergedHead;
using report::MergeView;

/// One after the other, in objects alone.
class Preview {
 public:
  Preview(const fs::path& folder, const MergeSettings& settings, std::string head)
      : m_folder(folder), m_settings(settings), m_current(std::move(head)) {}

  Result<MergedHead> add(const std::string& name) {
    MergedHead head{name, HeadOutcome::not_looked_at, {}};
    QSNAP_ASSIGN(const std::string commit, commit_of(m_folder, name));
    if (m_stopped) {
      return head;
    }
    QSNAP_ASSIGN(const bool is_merged, is_ancestor(m_folder, commit, m_current));
    if (is_merged) {
      head.outcome = HeadOutcome::up_to_date;
      return head;
    }
    QSNAP_ASSIGN(MergedTree merged,
                 merge_trees(m_folder, m_settings, MergeSettings::Purpose::trial, m_current, commit));
    m_tree = merged.id;
    m_stopped = !merged.conflicts.empty();
    head.outcome = m_stopped ? HeadOutcome::conflicts : HeadOutcome::merged;
    head.conflicts = std::move(merged.conflicts);
    if (!m_stopped) {
      QSNAP_TRY(advance(commit));
    }
    return head;
  }

  /// Of the last merge; absent where nothing had to be merged.
  [[nodiscard]] const std::optional<std::string>& tree() const { return m_tree; }

 private:
  /// The next head is merged into a commit that nobody will ever see.
  Result<void> advance(const std::string& commit) {
    QSNAP_ASSIGN(m_current,
                 git::git_line({.folder = m_folder,
                                .arguments = {"-c", "user.name=preview", "-c", "user.email=preview@example.invalid",
                                              "commit-tree", "--no-gpg-sign", "-p", m_current, "-p", commit, "-m",
                                              "preview", *m_tree},
                                .input = {}}));
    return {};
  }

  const fs::path& m_folder;
  const MergeSettings& m_settings;
  std::string m_current;
  std::optional<std::string> m_tree;
  bool m_stopped = false;
};

/// What the merge would write into the work tree must not need a program of the repository's.
Result<void> refuse_filters(const fs::path& folder, const std::string& head, const std::string& tree) {
  QSNAP_ASSIGN(std::string paths,
               git::git_output({.folder = folder,
                                .arguments = {"diff-tree", "-r", "-z", "--name-only", "--no-renames", head, tree},
                                .input = {}}));
  QSNAP_ASSIGN(const std::string answer, git::git_output({.folder = folder,
                                                          .arguments = {"check-attr", "-z", "--stdin", "filter"},
                                                          .input = std::move(paths)}));
  for (std::string_view rest = answer; !rest.empty();) {
    const std::string_view path = next_item(rest);
    next_item(rest);  // the attribute
    const std::string_view filter = next_item(rest);
    if (filter != "unspecified" && filter != "unset" && filter != "qsnap") {
      return make_error(ErrorCode::refused,
                        fmt::format("{} goes through the filter {}, which is not ours to run", path, filter),
                        {"git qsnap install, and then git merge: it runs both"});
    }
  }
  return {};
}

/// git merge itself, which answers 1 also where it refuses.
Result<HeadOutcome> merge_for_real(const fs::path& folder, const MergeSettings& settings, const std::string& name) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = settings.with(MergeSettings::Purpose::keep,
                                                        {"merge", "--no-edit", "--no-gpg-sign", "--commit",
                                                         "--no-squash", "--ff", "--", name}),
                             .input = {}}));
  if (answer.exit_code == 0) {
    return HeadOutcome::merged;
  }
  QSNAP_ASSIGN(const auto unfinished, git::find_object(folder, "MERGE_HEAD"));
  if (answer.exit_code == 1 && unfinished) {
    return HeadOutcome::conflicts;
  }
  std::string why = answer.errors.empty() ? answer.output : answer.errors;
  while (why.ends_with('\n')) {
    why.pop_back();
  }
  return make_error(ErrorCode::git, fmt::format("git merge {} failed: {}", name, why));
}

Result<void> refuse_unfinished(const fs::path& folder) {
  QSNAP_ASSIGN(const auto unfinished, git::find_object(folder, "MERGE_HEAD"));
  return unfinished
             ? make_error(ErrorCode::refused, "a merge is not finished yet",
                          {"git qsnap conflicts shows what is left; git commit ends it, git merge --abort undoes it"})
             : Result<void>{};
}

}  // namespace

Result<MergeView> merge_refs(const MergeRefsRequest& request) {
  const fs::path& folder = request.folder;
  QSNAP_ASSIGN(const std::string head, commit_of(folder, "HEAD"));
  QSNAP_TRY(refuse_unfinished(folder));
  QSNAP_ASSIGN(const MergeSettings settings, MergeSettings::make(folder, request.program_folder));
  Preview preview{folder, settings, head};
  MergeView view;
  for (const std::string& name : request.heads) {
    QSNAP_ASSIGN(MergedHead merged, preview.add(name));
    view.heads.push_back(std::move(merged));
  }
  if (request.rule == MergeRule::preview || !preview.tree()) {
    return view;
  }
  QSNAP_TRY(refuse_filters(folder, head, *preview.tree()));
  for (const MergedHead& merged : view.heads) {
    if (merged.outcome == HeadOutcome::merged || merged.outcome == HeadOutcome::conflicts) {
      QSNAP_ASSIGN(const HeadOutcome outcome, merge_for_real(folder, settings, merged.name));
      if (outcome != merged.outcome) {
        return make_error(ErrorCode::git,
                          fmt::format("the merge of {} came out in another way than its preview", merged.name),
                          {"git status", "git merge --abort undoes a merge that is not finished"});
      }
    }
  }
  QSNAP_ASSIGN(view.commit, commit_of(folder, "HEAD"));
  return view;
}

Result<report::CiMergeView> ci_merge(const CiMergeRequest& request) {
  const fs::path& folder = request.folder;
  report::CiMergeView view{request.base, {}, {}, {}};
  QSNAP_ASSIGN(view.head, commit_of(folder, "HEAD"));
  QSNAP_ASSIGN(const std::string base, commit_of(folder, request.base));
  QSNAP_ASSIGN(const bool is_merged, is_ancestor(folder, base, view.head));
  if (is_merged) {
    view.commit = view.head;
    return view;
  }
  QSNAP_ASSIGN(const MergeSettings settings, MergeSettings::make(folder, request.program_folder));
  QSNAP_ASSIGN(MergedTree merged, merge_trees(folder, settings, MergeSettings::Purpose::keep, view.head, base));
  view.conflicts = std::move(merged.conflicts);
  if (view.conflicts.empty()) {
    QSNAP_ASSIGN(view.commit, git::git_line({.folder = folder,
                                             .arguments = {"commit-tree", "--no-gpg-sign", "-p", view.head, "-p", base,
                                                           "-m", fmt::format("Merge {}", request.base), merged.id},
                                             .input = {}}));
  }
  return view;
}

}  // namespace qsnap::app
