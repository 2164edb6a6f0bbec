// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/app/resolve_memory.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/index_update.hpp>
#include <qsnap/git/lfs_objects.hpp>

/// What a decision does to the work tree and to the index.
namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using codec::SnapshotReader;

Result<void> write_work_tree(const OpenMerge& merge, const SnapshotReader& document) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(merge.top));
  QSNAP_ASSIGN(AtomicFile file, store.replace(merge.name));
  QSNAP_TRY(copy_document(document, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit();
}

Result<void> remove_from_work_tree(const OpenMerge& merge) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(merge.top));
  if (const auto found = store.find(merge.name); !found && found.error().code == ErrorCode::refused) {
    return found.error();  // a link on the way
  }
  const fs::path file = store.path_of(merge.name);
  return ::unlink(file.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("remove", file, errno);
}

/// Without a path, so without filters. The id.
Result<std::string> write_blob(const fs::path& top, std::string bytes) {
  QSNAP_ASSIGN(std::string id, git::git_output({.folder = top,
                                                .arguments = {"hash-object", "-w", "--stdin", "-t", "blob"},
                                                .input = std::move(bytes)}));
  while (id.ends_with('\n')) {
    id.pop_back();
  }
  return id;
}

/// The document as an object of Git LFS, by a rename; the pointer to it.
Result<std::string> write_lfs_object(const OpenMerge& merge, const SnapshotReader& document) {
  codec::Sha256 hash;
  QSNAP_TRY(copy_document(document, [&](std::string_view bytes) -> Result<void> {
    hash.update(bytes);
    return {};
  }));
  const codec::LfsPointer pointer{to_hex(hash.digest()), document.file_bytes()};
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(merge.top, merge.common_dir));
  const fs::path target = git::lfs_object_path(objects, pointer.object_id);
  std::error_code failed;
  fs::create_directories(target.parent_path(), failed);
  if (failed) {
    return file_error("make the folder", target.parent_path(), failed.value());
  }
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(target));
  QSNAP_TRY(copy_document(document, [&](std::string_view bytes) { return file.write(bytes); }));
  QSNAP_TRY(file.commit());
  return codec::format_lfs_pointer(pointer);
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

/// In front of the new entry, the stages go one by one, so that Git can undo it. An empty blob id: no entry.
Result<void> write_entry(const OpenMerge& merge, const std::string& mode, const std::string& blob_id,
                         std::size_t id_digits) {
  std::string lines = fmt::format("0 {} 0\t{}", std::string(id_digits, '0'), merge.path) + '\0';
  if (!blob_id.empty()) {
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
  if (entry->is_pointer) {
    QSNAP_ASSIGN(bytes, write_lfs_object(merge, document));
  } else {
    QSNAP_TRY(copy_document(document, [&](std::string_view block) -> Result<void> {
      bytes += block;
      return {};
    }));
  }
  QSNAP_ASSIGN(const std::string id, write_blob(merge.top, std::move(bytes)));
  QSNAP_TRY(write_entry(merge, entry->mode, id, id.size()));
  return true;
}

Error no_versions(const std::string& path) {
  return make_error(
      ErrorCode::not_found,
      fmt::format("Git has no versions of {} to merge again: it was not in conflict, or its merge is committed", path),
      {"git qsnap conflicts", "git log -- " + path});
}

/// Git keeps the versions beyond the commit of a merge, until something else rewrites the index.
Result<bool> is_committed(const setup::RepositoryPlaces& places, const std::string& path) {
  constexpr std::array k_under_way = {"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"};
  const bool under_way = std::any_of(k_under_way.begin(), k_under_way.end(), [&](const char* sign) {
    std::error_code failed;
    return fs::exists(fs::symlink_status(places.git_dir / sign, failed));
  });
  if (under_way) {
    return false;
  }
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = *places.work_tree,
                             .arguments = {"diff-index", "--cached", "--quiet", "--no-ext-diff", "HEAD", "--", path},
                             .input = {}}));
  return answer.exit_code == 0;
}

/// As `git update-index --unresolve` does, which only knows of `git merge`.
Result<void> write_stages(const setup::RepositoryPlaces& places, const MergeStages& stages) {
  QSNAP_ASSIGN(const bool committed, is_committed(places, stages.path));
  if (committed) {
    return no_versions(stages.path);
  }
  std::string lines;
  for (const auto& [stage, number] :
       {std::pair{&stages.base, 1}, std::pair{&stages.ours, 2}, std::pair{&stages.theirs, 3}}) {
    if (*stage) {
      const Stage& entry = **stage;
      if (lines.empty()) {
        lines = fmt::format("0 {} 0\t{}", std::string(entry.blob_id.size(), '0'), stages.path) + '\0';
      }
      lines += fmt::format("{} {} {}\t{}", entry.mode, entry.blob_id, number, stages.path) + '\0';
    }
  }
  return git::update_index(*places.work_tree, {"-z", "--index-info"}, std::move(lines));
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
  const std::string path = (fs::path{store::k_folder} / name.relative_path()).generic_string();
  QSNAP_ASSIGN(const auto stages, stages_of(*places.work_tree, path));
  if (!stages) {
    return no_versions(path);
  }
  QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(*places.work_tree));
  if (std::none_of(unmerged.begin(), unmerged.end(), [&](const MergeStages& one) { return one.path == path; })) {
    QSNAP_TRY(write_stages(places, *stages));
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
