// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/promote_memory.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/app/resolve_memory.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/index_update.hpp>
#include <qsnap/store/lfs_store.hpp>

/// What a decision does to the work tree and to the index.
namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using codec::SnapshotReader;

Result<void> write_work_tree(const OpenMerge& merge, const SnapshotReader& document) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(merge.top));
  return store_snapshot_in(store, merge.name, document, store::storage_of_path(merge.path));
}

/// That very file: beside it, one of the other storage may stand.
Result<void> remove_from_work_tree(const OpenMerge& merge) {
  fs::path file = merge.top;
  for (const fs::path& part : fs::path{merge.path}) {
    file /= part;
    std::error_code failed;
    if (fs::is_symlink(file, failed)) {
      return make_error(ErrorCode::refused, fmt::format("{} is a symbolic link", file.native()));
    }
  }
  return ::unlink(file.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("remove", file, errno);
}

/// What the index has of the path now: its mode, and whether it is a pointer. Absent: nothing.
struct Entry {
  std::string mode;
  bool is_pointer = false;
};
Result<std::optional<Entry>> entry_of(const OpenMerge& merge) {
  if (merge.stages) {
    const Stage& stage = merge.stages->ours ? *merge.stages->ours : *merge.stages->theirs;
    QSNAP_ASSIGN(const StageDocument opened, open_stage(merge.top, stage));
    return std::optional{Entry{stage.mode, opened.is_pointer}};
  }
  QSNAP_ASSIGN(const std::string listed,
               git::git_output(
                   {.folder = merge.top, .arguments = {"ls-files", "--stage", "-z", "--", merge.path}, .input = {}}));
  const std::string mode = listed.substr(0, listed.find(' '));
  return mode.empty() ? std::nullopt : std::optional{Entry{mode, false}};
}

/// In front of the new entry, the stages go one by one, so that Git can undo it. An empty blob id: no entry. What gets
/// one stands in Git or in LFS, not in both, as in the work tree.
Result<void> write_entry(const OpenMerge& merge, const std::string& mode, const std::string& blob_id,
                         std::size_t id_digits) {
  const auto no_entry = [&](const std::string& path) {
    return fmt::format("0 {} 0\t{}", std::string(id_digits, '0'), path) + '\0';
  };
  std::string lines = no_entry(merge.path);
  if (!blob_id.empty()) {
    const auto& [in_git, in_lfs] = store::paths_of(merge.name);
    lines += no_entry(merge.path == in_git ? in_lfs : in_git);
    lines += fmt::format("{} {} 0\t{}", mode, blob_id, merge.path) + '\0';
  }
  QSNAP_TRY(git::update_index(merge.top, {"-z", "--index-info"}, std::move(lines)));
  return blob_id.empty() ? Result<void>{} : git::refresh_entry(merge.top, merge.path);
}

/// Whether the index has the path at all, so that it can get the result.
Result<bool> stage(const OpenMerge& merge, const SnapshotReader& document) {
  QSNAP_ASSIGN(const auto entry, entry_of(merge));
  if (!entry) {
    return false;
  }
  std::string bytes;
  const bool in_lfs = store::storage_of_path(merge.path) == store::Storage::lfs;
  if (entry->is_pointer || in_lfs) {
    QSNAP_ASSIGN(const store::Store store, store::Store::open(merge.top));
    // Elsewhere the work tree has the document itself, byte for byte what git-lfs would make the object of.
    QSNAP_ASSIGN(const codec::LfsPointer pointer,
                 in_lfs ? put_in_lfs(store, document) : store::put_lfs_object(store.repository(), document.source()));
    bytes = codec::format_lfs_pointer(pointer);
  } else {
    QSNAP_TRY(copy_document(document, [&](std::string_view block) -> Result<void> {
      bytes += block;
      return {};
    }));
  }
  QSNAP_ASSIGN(const std::string id, git::write_blob(merge.top, std::move(bytes)));
  QSNAP_TRY(write_entry(merge, entry->mode, id, id.size()));
  return true;
}

Error no_versions(const std::string& path) {
  return make_error(
      ErrorCode::not_found,
      fmt::format("Git has no versions of {} to merge again: it was not in conflict, or its merge is committed", path),
      {"git qsnap conflicts", "git log -- " + path});
}

/// Git keeps the versions beyond the commit of a merge, until something else rewrites the index. (`set promote` is no
/// merge of Git's.)
Result<bool> is_committed(const setup::RepositoryPlaces& places, const std::string& path) {
  constexpr std::array k_under_way = {"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"};
  const bool under_way = std::any_of(k_under_way.begin(), k_under_way.end(), [&](const char* sign) {
    std::error_code failed;
    return fs::exists(fs::symlink_status(places.git_dir / sign, failed));
  });
  QSNAP_ASSIGN(const auto promotion, find_promotion(places.git_dir, path));
  if (under_way || promotion) {
    return false;
  }
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = *places.work_tree,
                             .arguments = {"diff-index", "--cached", "--quiet", "--no-ext-diff", "HEAD", "--", path},
                             .input = {}}));
  return answer.exit_code == 0;
}

/// As `git update-index --unresolve` does, which only knows of `git merge`.
Result<void> bring_back(const setup::RepositoryPlaces& places, const MergeStages& stages) {
  QSNAP_ASSIGN(const bool committed, is_committed(places, stages.path));
  return committed ? no_versions(stages.path) : write_stages(*places.work_tree, stages);
}

/// In Git or in LFS.
Result<std::optional<MergeStages>> remembered_stages(const fs::path& top, const store::SnapshotName& name) {
  const auto& [in_git, in_lfs] = store::paths_of(name);
  QSNAP_ASSIGN(auto stages, stages_of(top, in_git));
  return stages ? Result<std::optional<MergeStages>>{std::move(stages)} : stages_of(top, in_lfs);
}

model::MergeJournalEntry resolved_entry(const OpenMerge& merge) {
  model::MergeJournalEntry entry;
  entry.at = SystemClock{}.now();
  entry.path = merge.path;
  entry.outcome = "resolved";
  return entry;
}

/// For `git qsnap why`. The decision stands, whether the journal can be written or not; why it cannot.
std::optional<std::string> note(const OpenMerge& merge, const model::MergeJournalEntry& entry) {
  const auto noted = codec::append_to_journal(merge.common_dir, entry);
  return noted ? std::nullopt : std::optional{noted.error().message};
}
std::optional<std::string> note(const OpenMerge& merge, std::string what) {
  model::MergeJournalEntry entry = resolved_entry(merge);
  entry.counts.push_back({std::move(what), 1});
  return note(merge, entry);
}

Error needs_other_command(const OpenMerge& merge, const char* hint) {
  return make_error(ErrorCode::usage, fmt::format("one side deleted {}, the other one changed it", merge.name.text()),
                    {fmt::format("git qsnap resolve {} {}", merge.name.text(), hint)});
}

}  // namespace

Result<report::ResolveView> keep_decisions(const OpenMerge& merge, const Progress& progress) {
  if (!merge.resolution) {
    return needs_other_command(merge, "--keep, or --delete");
  }
  QSNAP_ASSIGN(const SnapshotReader document, merge.resolution->document(progress));
  QSNAP_ASSIGN(const std::vector<model::Conflict> left, document.conflicts());
  const std::size_t decided = merge.resolution->conflicts().size() - merge.resolution->left();
  report::ResolveView view{merge.path, merge.name.text(), decided, left.size(), false, false};
  QSNAP_TRY(write_work_tree(merge, document));
  if (!left.empty()) {
    if (merge.stages) {
      QSNAP_TRY(keep_unfinished_choices(merge.git_dir, *merge.stages, merge.resolution->choices()));
    }
    return view;
  }
  QSNAP_ASSIGN(view.staged, stage(merge, document));
  QSNAP_TRY(forget_unfinished_choices(merge.git_dir, merge.path));
  model::MergeJournalEntry entry = resolved_entry(merge);
  entry.result_root = to_hex(document.root());
  merge.resolution->note_decisions(entry);
  view.journal_problem = note(merge, entry);
  return view;
}

Result<report::ResolveView> take_version(const OpenMerge& merge, Take take) {
  const std::optional<Stage> none;
  const std::optional<Stage>& stage = !merge.stages          ? none
                                      : take == Take::ours   ? merge.stages->ours
                                      : take == Take::theirs ? merge.stages->theirs
                                                             : merge.stages->base;
  if (!stage) {
    return make_error(ErrorCode::refused,
                      fmt::format("Git has no version of {} that is called {}", merge.name.text(), to_text(take)),
                      {"git log -- " + merge.path, "git checkout REVISION -- " + merge.path});
  }
  QSNAP_ASSIGN(const StageDocument taken, open_stage(merge.top, *stage));
  QSNAP_TRY(write_work_tree(merge, taken.document));
  QSNAP_TRY(write_entry(merge, stage->mode, stage->blob_id, stage->blob_id.size()));
  QSNAP_TRY(forget_unfinished_choices(merge.git_dir, merge.path));
  QSNAP_ASSIGN(const std::vector<model::Conflict> left, taken.document.conflicts());
  report::ResolveView view{merge.path, merge.name.text(), 1, left.size(), false, true};
  view.journal_problem = note(merge, fmt::format("took the version of {} as it is", to_text(take)));
  return view;
}

Result<report::ResolveView> settle_deleted(const OpenMerge& merge, DeletedFile choice) {
  if (merge.resolution || !merge.stages) {
    return make_error(ErrorCode::usage, fmt::format("both sides have {}", merge.name.text()),
                      {fmt::format("git qsnap resolve {} -i", merge.name.text())});
  }
  const std::optional<Stage>& left = merge.stages->ours ? merge.stages->ours : merge.stages->theirs;
  const std::optional<Stage>& any = left ? left : merge.stages->base;
  report::ResolveView view{merge.path, merge.name.text(), 1, 0, choice == DeletedFile::remove, true};
  if (choice == DeletedFile::remove || !left) {
    QSNAP_TRY(remove_from_work_tree(merge));
    QSNAP_TRY(write_entry(merge, {}, {}, any->blob_id.size()));
    view.journal_problem = note(merge, "the file goes");
    return view;
  }
  QSNAP_ASSIGN(const StageDocument kept, open_stage(merge.top, *left));
  QSNAP_TRY(write_work_tree(merge, kept.document));
  QSNAP_TRY(write_entry(merge, left->mode, left->blob_id, left->blob_id.size()));
  view.journal_problem = note(merge, "the file stays");
  QSNAP_ASSIGN(const std::vector<model::Conflict> conflicts, kept.document.conflicts());
  view.left = conflicts.size();
  return view;
}

Result<report::UnresolveView> unresolve(const fs::path& folder, const store::SnapshotName& name,
                                        const Progress& progress) {
  QSNAP_ASSIGN(setup::RepositoryPlaces places, setup::find_repository(folder));
  if (!places.work_tree) {
    return make_error(ErrorCode::refused, "the repository is bare: it has no work tree");
  }
  QSNAP_ASSIGN(const auto stages, remembered_stages(*places.work_tree, name));
  if (!stages) {
    return no_versions(store::paths_of(name).front());
  }
  const std::string& path = stages->path;
  QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(*places.work_tree));
  if (std::none_of(unmerged.begin(), unmerged.end(), [&](const MergeStages& one) { return one.path == path; })) {
    QSNAP_TRY(bring_back(places, *stages));
  }
  QSNAP_TRY(forget_unfinished_choices(places.git_dir, path));
  QSNAP_ASSIGN(const OpenMerge merge, open_merge(folder, name, progress));
  if (!merge.resolution) {
    const std::optional<Stage>& left = stages->ours ? stages->ours : stages->theirs;
    if (left) {
      QSNAP_ASSIGN(const StageDocument kept, open_stage(merge.top, *left));
      QSNAP_TRY(write_work_tree(merge, kept.document));
    }
    return report::UnresolveView{path, name.text(), 0};
  }
  QSNAP_ASSIGN(const SnapshotReader document, merge.resolution->document(progress));
  QSNAP_TRY(write_work_tree(merge, document));
  return report::UnresolveView{path, name.text(), merge.resolution->conflicts().size()};
}

}  // namespace qsnap::app
