// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/archive_remote.hpp>
#include <qsnap/app/backup.hpp>
#include <qsnap/app/backup_contents.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/ref_tree.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_unfinished = ".qsnap-tmp-";  // AtomicFile's

std::string new_ref() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}", k_backup_refs, random(), random());
}

Result<std::string> write_source(const git::RefTree& tree, const codec::ByteSource& source) {
  return tree.write_blob([&](const git::RefTree::Sink& sink) { return store::read_blocks(source, sink); });
}

/// Puts the tree together, file by file.
class Collecting {
 public:
  Collecting(const store::Store& store, const BackupRequest& request, const BackupRepository& backup,
             const Progress& progress)
      : m_store(store), m_request(request), m_tree(backup.repository(), new_ref()), m_progress(progress) {}

  Result<void> run() {
    constexpr int k_most_depth = 12;
    QSNAP_ASSIGN(m_objects, git::lfs_objects_folder(m_store.git_dir(), m_store.common_dir()));
    QSNAP_TRY(store::walk_files(m_store.folder(), {}, k_most_depth,
                                [&](const fs::path& file, store::EntryKind kind) { return add(file, kind); }));
    if (!m_missing.empty()) {
      return not_here();
    }
    git::RefCommit first;
    first.edits = std::move(m_edits);
    first.parent = git::CommitParent::none;
    first.message = k_backup_title;
    first.at = m_request.now;
    QSNAP_ASSIGN(const auto commit, m_tree.commit(first));
    return commit ? Result<void>{} : make_error(ErrorCode::git, "the backup's own ref was moved");
  }

  [[nodiscard]] std::vector<std::string> take_left_out() { return std::move(m_left_out); }

 private:
  Result<void> add(const fs::path& file, store::EntryKind kind) {
    QSNAP_TRY(m_progress.check());
    m_progress.report("reading", m_edits.size(), 0);
    const std::string path = (fs::path{store::k_folder} / file).generic_string();
    if (kind != store::EntryKind::file) {
      m_left_out.push_back(path);
      return {};
    }
    if (file.filename().native().starts_with(k_unfinished)) {
      return {};
    }
    QSNAP_ASSIGN(const auto source, codec::open_file_source(m_store.folder() / file));
    QSNAP_ASSIGN(std::string id, write_source(m_tree, *source));
    m_edits.push_back({path, std::move(id)});
    const auto pointer =
        path.ends_with(store::k_suffix) ? store::find_pointer(*source) : std::optional<codec::LfsPointer>{};
    return pointer && *pointer && m_request.lfs == LfsRule::with_objects ? add_object(path, **pointer) : Result<void>{};
  }

  Result<void> add_object(const std::string& path, const codec::LfsPointer& pointer) {
    QSNAP_ASSIGN(const store::ObjectState state, store::look_at_object(m_objects, pointer, store::ObjectCheck::digest));
    if (state != store::ObjectState::here) {
      m_missing.push_back(path);
      return {};
    }
    if (!m_added.insert(pointer.object_id).second) {
      return {};
    }
    QSNAP_ASSIGN(const auto source, codec::open_file_source(git::lfs_object_path(m_objects, pointer.object_id)));
    QSNAP_ASSIGN(std::string id, write_source(m_tree, *source));
    m_edits.push_back({fmt::format("{}{}", k_backup_objects, pointer.object_id), std::move(id)});
    return {};
  }

  Error not_here() const {
    std::string names;
    constexpr std::size_t k_most_names = 5;
    for (std::size_t i = 0; i < std::min(m_missing.size(), k_most_names); ++i) {
      names += fmt::format("{}{}", i == 0 ? "" : ", ", m_missing[i]);
    }
    if (m_missing.size() > k_most_names) {
      names += fmt::format(" and {} more", m_missing.size() - k_most_names);
    }
    return make_error(
        ErrorCode::refused,
        fmt::format("nothing was backed up: the objects of Git LFS are not here, or damaged, of {}", names),
        {"git qsnap lfs fetch", "--without-lfs leaves all objects out"});
  }

  const store::Store& m_store;
  const BackupRequest& m_request;
  git::RefTree m_tree;
  const Progress& m_progress;
  fs::path m_objects;
  std::vector<git::TreeEdit> m_edits;
  std::set<std::string> m_added;
  std::vector<std::string> m_missing, m_left_out;
};

/// The histories and archives, with the objects that they have in the user's repository. A symbolic ref is none of
/// ours, and may be a branch.
Result<std::vector<BackupRef>> copy_refs(const store::Store& store, const BackupRepository& backup) {
  QSNAP_TRY(backup.borrow_objects(store.common_dir()));
  QSNAP_ASSIGN(const std::string listed,
               git::git_output(
                   {.folder = store.folder(),
                    .arguments = {"for-each-ref",
                                  "--format=%(if)%(symref)%(then)%(else)%(objecttype) %(objectname) %(refname)%(end)",
                                  std::string{store::k_history_refs}, std::string{k_archive_refs}},
                    .input = {}}));
  std::vector<BackupRef> refs;
  std::string lines;
  for (const std::string_view line : split(listed, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    constexpr std::size_t k_words = 3;
    if (words.size() == k_words && words[0] == "commit") {
      refs.push_back({std::string{words[2]}, std::string{words[1]}, 0});
      lines += fmt::format("create {} {}\n", words[2], words[1]);
    }
  }
  QSNAP_TRY(backup.git({"update-ref", "--stdin"}, std::move(lines)));
  std::sort(refs.begin(), refs.end(), [](const BackupRef& a, const BackupRef& b) { return a.name < b.name; });
  return refs;
}

/// What comes out of the file is what went in.
Result<void> compare(const BackupRepository& backup, const std::vector<BackupRef>& refs, const BackupContents& read) {
  const auto same_ref = [](const BackupRef& a, const BackupRef& b) { return a.name == b.name && a.commit == b.commit; };
  QSNAP_ASSIGN(const std::string trees, backup.git({"for-each-ref", "--format=%(tree)", std::string{k_backup_refs}}));
  QSNAP_ASSIGN(const std::string read_trees,
               read.repository.git({"for-each-ref", "--format=%(tree)", std::string{k_backup_refs}}));
  const bool same = trees == read_trees && !trees.empty() &&
                    std::equal(refs.begin(), refs.end(), read.refs.begin(), read.refs.end(), same_ref);
  return same ? Result<void>{}
              : make_error(ErrorCode::corrupt, "the backup does not hold what went into it, and was thrown away");
}

/// Synced, and under its name as a whole.
Result<void> publish(const fs::path& bundle, const fs::path& file) {
  constexpr mode_t k_private = 0600;  // it may hold what nobody redacted
  QSNAP_ASSIGN(const auto source, codec::open_file_source(bundle));
  QSNAP_ASSIGN(AtomicFile target, AtomicFile::open(file));
  QSNAP_TRY(store::read_blocks(*source, [&](std::string_view block) { return target.write(block); }));
  QSNAP_ASSIGN(const AtomicFile::NewFile written, target.commit_new(k_private));
  return written == AtomicFile::NewFile::written
             ? Result<void>{}
             : make_error(ErrorCode::refused, fmt::format("{} is there already", file.native()),
                          {"choose another name: a backup is never written over a file"});
}

report::BackupView view_of(const BackupRequest& request, const BackupContents& contents, std::uint64_t bytes,
                           std::vector<std::string> left_out) {
  report::BackupView view{request.file.native(),   bytes, contents.files.size(), contents.snapshots,
                          contents.objects.size(), {},    contents.damaged,      contents.without,
                          std::move(left_out)};
  for (const BackupRef& ref : contents.refs) {
    view.refs.push_back({ref.name, ref.entries});
  }
  return view;
}

}  // namespace

Result<report::BackupView> make_backup(const store::Store& store, const BackupRequest& request,
                                       const Progress& progress) {
  std::error_code unknown;
  if (fs::exists(fs::symlink_status(request.file, unknown))) {
    return make_error(ErrorCode::refused, fmt::format("{} is there already", request.file.native()),
                      {"choose another name: a backup is never written over a file"});
  }
  QSNAP_ASSIGN(const BackupRepository backup, BackupRepository::make());
  Collecting collecting{store, request, backup, progress};
  QSNAP_TRY(collecting.run());
  QSNAP_ASSIGN(const std::vector<BackupRef> refs, copy_refs(store, backup));
  const fs::path bundle = backup.scratch() / "bundle";
  QSNAP_TRY(backup.git({"bundle", "create", "--quiet", bundle.native(), "--all"}));
  QSNAP_ASSIGN(const BackupContents contents, open_backup(bundle, progress));
  QSNAP_TRY(compare(backup, refs, contents));
  QSNAP_TRY(publish(bundle, request.file));
  return view_of(request, contents, fs::file_size(bundle, unknown), collecting.take_left_out());
}

}  // namespace qsnap::app
