// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/backup_contents.hpp>
#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/restore_backup.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/codec/left_over.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::RestoredAs;
using Source = std::unique_ptr<codec::ByteSource>;

constexpr mode_t k_shared_mode = 0755;

struct Place {
  git::Repository repository;
  fs::path top;
};
Result<Place> find_place(const fs::path& folder) {
  QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(folder));
  if (!repository) {
    return make_error(ErrorCode::not_found, fmt::format("{} is not inside a git repository", folder.native()),
                      {"git init"});
  }
  std::optional<fs::path> top = repository->work_tree();
  if (!top) {
    return make_error(ErrorCode::refused, "the repository is bare: it has no work tree");
  }
  return Place{*std::move(repository), *std::move(top)};
}

Result<bool> same_bytes(const codec::ByteSource& one, const codec::ByteSource& other) {
  if (one.size() != other.size()) {
    return false;
  }
  for (std::uint64_t at = 0; at < one.size(); at += limits::k_mib) {
    const std::size_t count = std::min<std::uint64_t>(limits::k_mib, one.size() - at);
    QSNAP_ASSIGN(const std::string mine, one.read(at, count));
    QSNAP_ASSIGN(const std::string theirs, other.read(at, count));
    if (mine != theirs) {
      return false;
    }
  }
  return true;
}

class Restoring {
 public:
  Restoring(const Place& place, const RestoreBackupRequest& request, const BackupContents& contents,
            const Progress& progress)
      : m_place(place), m_request(request), m_contents(contents), m_progress(progress) {}

  Result<report::RestoredBackupView> run() {
    m_view.file = m_request.file.native();
    m_view.made_at = m_contents.made_at;
    m_view.is_trial = m_request.rule == RestoreBackupRule::dry_run;
    m_view.damaged = m_contents.damaged;
    m_view.without = m_contents.without;
    QSNAP_TRY(restore_objects());  // first, so that no pointer is there without its object
    QSNAP_TRY(restore_files());
    QSNAP_TRY(restore_refs());
    return std::move(m_view);
  }

 private:
  [[nodiscard]] bool writes() const { return m_request.rule == RestoreBackupRule::write; }

  using Visitor = std::function<Result<void>(const BackupFile&, const Source&)>;
  Result<void> for_each(const std::vector<BackupFile>& files, const Visitor& visit) const {
    std::vector<std::string> ids;
    std::transform(files.begin(), files.end(), std::back_inserter(ids),
                   [](const BackupFile& file) { return file.blob_id; });
    return for_each_blob(m_contents.repository.folder(), ids, [&](std::size_t index, Source blob) -> Result<void> {
      QSNAP_TRY(m_progress.check());
      m_progress.report("restoring", index, ids.size());
      return blob ? visit(files[index], blob)
                  : make_error(ErrorCode::git, fmt::format("{} went away meanwhile", files[index].path));
    });
  }

  Result<void> restore_objects() {
    QSNAP_ASSIGN(const fs::path objects,
                 git::lfs_objects_folder(m_place.repository.git_dir(), m_place.repository.common_dir()));
    return for_each(m_contents.objects, [&](const BackupFile& object, const Source& blob) -> Result<void> {
      QSNAP_ASSIGN(const store::ObjectState state,
                   store::look_at_object(objects, {object.path, object.bytes}, store::ObjectCheck::digest));
      if (state == store::ObjectState::here) {
        return {};
      }
      ++m_view.objects;
      if (writes()) {
        QSNAP_TRY(store::put_lfs_object(m_place.repository, *blob));
      }
      return {};
    });
  }

  Result<void> restore_files() {
    return for_each(m_contents.files, [&](const BackupFile& file, const Source& blob) -> Result<void> {
      QSNAP_ASSIGN(const RestoredAs as, outcome(file, blob));
      m_view.files.push_back({file.path, as});
      if (!writes() || as == RestoredAs::same || as == RestoredAs::differs) {
        return {};
      }
      if (as == RestoredAs::replaced) {
        QSNAP_TRY(keep_old(file.path));
      }
      return write(file.path, *blob);
    });
  }

  /// The file that is here now; absent for none. A link or a folder in its place is refused.
  Result<Source> present(const fs::path& path) const {
    QSNAP_ASSIGN(const auto folder, store::open_folder(m_place.top, path.parent_path()));
    if (!folder) {
      return Source{};
    }
    QSNAP_ASSIGN(const auto kind, store::entry_kind(*folder, path));
    if (kind && *kind != store::EntryKind::file) {
      return make_error(ErrorCode::refused, fmt::format("{} is not a regular file here", path.native()));
    }
    return kind ? codec::open_file_source(m_place.top / path) : Result<Source>{Source{}};
  }

  Result<RestoredAs> outcome(const BackupFile& file, const Source& blob) const {
    QSNAP_ASSIGN(Source mine, present(file.path));
    if (!mine) {
      return RestoredAs::restored;
    }
    QSNAP_ASSIGN(bool same, same_bytes(*mine, *blob));
    if (!same && file.path.ends_with(store::k_suffix)) {
      same = same_state(std::move(mine), *blob);
    }
    const bool replaces = m_request.differing == DifferingFile::replace;
    return same ? RestoredAs::same : replaces ? RestoredAs::replaced : RestoredAs::differs;
  }

  /// Packed here and stored there, or the other way round. A damaged one is another one.
  static bool same_state(Source mine, const codec::ByteSource& blob) {
    constexpr std::uint64_t k_most_compared = 64 * limits::k_mib;
    if (blob.size() > k_most_compared) {
      return false;
    }
    auto bytes = blob.read(0, static_cast<std::size_t>(blob.size()));
    const auto one = codec::SnapshotReader::open(std::move(mine));
    const auto other = bytes ? codec::SnapshotReader::open(codec::memory_source(*std::move(bytes)))
                             : Result<codec::SnapshotReader>{bytes.error()};
    return one && other && codec::same_document(*one, *other);
  }

  Result<void> write(const fs::path& path, const codec::ByteSource& blob) const {
    QSNAP_ASSIGN(const UniqueFd folder, store::make_folders(m_place.top, path.parent_path(), k_shared_mode));
    QSNAP_TRY(store::refuse_case_twin(folder, (m_place.top / path).parent_path(), path.filename().native()));
    QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(m_place.top / path));
    QSNAP_TRY(store::read_blocks(blob, [&](std::string_view block) { return file.write(block); }));
    return file.commit();
  }

  Result<void> keep_old(const fs::path& path) {
    const fs::path git_dir = m_place.repository.git_dir();
    if (m_view.kept_in.empty()) {
      QSNAP_TRY(name_kept_folder(git_dir));
    }
    const fs::path below = fs::path{m_view.kept_in}.lexically_relative(git_dir) / path;
    QSNAP_ASSIGN(const UniqueFd folder, store::make_folders(git_dir, below.parent_path(), store::k_private_mode));
    QSNAP_ASSIGN(const Source old, present(path));
    if (!old) {
      return {};
    }
    QSNAP_ASSIGN(AtomicFile kept, AtomicFile::open(git_dir / below));
    QSNAP_TRY(store::read_blocks(*old, [&](std::string_view block) { return kept.write(block); }));
    constexpr mode_t k_private = 0600;
    return kept.commit(k_private);
  }

  Result<void> name_kept_folder(const fs::path& git_dir) {
    const fs::path folder = git_dir / "qsnap" / "backups" / fmt::format("{}-restore", file_stamp(m_request.now));
    std::error_code unknown;
    if (fs::exists(fs::symlink_status(folder, unknown))) {
      return make_error(ErrorCode::refused, fmt::format("{} is there already", folder.native()));
    }
    m_view.kept_in = folder.native();
    return {};
  }

  Result<void> restore_refs() {
    if (m_contents.refs.empty()) {
      return {};
    }
    QSNAP_ASSIGN(const git::Repository repository, writes() ? unbundle() : trial_repository());
    for (const BackupRef& ref : m_contents.refs) {
      QSNAP_ASSIGN(report::BackedUpRef restored,
                   ref.name.starts_with(store::k_history_refs) ? unite(repository, ref) : restore_archive(ref));
      m_view.refs.push_back(std::move(restored));
    }
    return {};
  }

  /// Here, with the objects of the backup.
  Result<git::Repository> unbundle() const {
    QSNAP_TRY(git::git_output({.folder = m_place.top,
                               .arguments = {"bundle", "unbundle", fs::absolute(m_request.file).native()},
                               .input = {}}));
    return reopened(m_place.top);
  }

  /// The one that the backup was unpacked to, which is thrown away, with our objects and histories: what is tried there
  /// is what would happen here.
  Result<git::Repository> trial_repository() const {
    const BackupRepository& trial = m_contents.repository;
    QSNAP_TRY(trial.borrow_objects(m_place.repository.common_dir()));
    std::string lines;
    for (const BackupRef& ref : m_contents.refs) {
      QSNAP_ASSIGN(const auto mine, git::find_object(m_place.top, ref.name + "^{commit}"));
      lines += mine ? fmt::format("update {} {}\n", ref.name, *mine) : fmt::format("delete {}\n", ref.name);
    }
    QSNAP_TRY(trial.git({"update-ref", "--no-deref", "--stdin"}, std::move(lines)));
    return reopened(trial.folder());
  }

  /// libgit2 looks for borrowed objects once.
  static Result<git::Repository> reopened(const fs::path& folder) {
    QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(folder));
    return repository ? Result<git::Repository>{*std::move(repository)}
                      : make_error(ErrorCode::not_found, fmt::format("the repository {} went away", folder.native()));
  }

  /// Who restores wants more than he has: what the backup dropped, and is here, stays.
  Result<report::BackedUpRef> unite(const git::Repository& repository, const BackupRef& ref) const {
    auto set = store::SetName::from_encoded(std::string_view{ref.name}.substr(store::k_history_refs.size()));
    if (!set) {
      return with_context(std::move(set).error(), ref.name);
    }
    const store::History mine{repository, *std::move(set)};
    QSNAP_ASSIGN(store::HistoryUnion united, mine.unite(ref.commit, m_request.now, store::TheirDrops::ignore));
    return report::BackedUpRef{.name = ref.name,
                               .entries = ref.entries,
                               .done = "united",
                               .added = united.added,
                               .dropped = united.stay_dropped,
                               .refused = std::move(united.refused)};
  }

  /// An archive is never changed: it is put back whole, or left.
  Result<report::BackedUpRef> restore_archive(const BackupRef& ref) const {
    QSNAP_ASSIGN(const auto mine, git::find_object(m_place.top, ref.name + "^{commit}"));
    if (mine) {
      return report::BackedUpRef{ref.name, ref.entries, *mine == ref.commit ? "same" : "differs"};
    }
    if (writes()) {
      QSNAP_TRY(git::git_output({.folder = m_place.top,
                                 .arguments = {"update-ref", "--no-deref", "--stdin"},
                                 .input = fmt::format("create {} {}\n", ref.name, ref.commit)}));
    }
    return report::BackedUpRef{ref.name, ref.entries, "restored", ref.entries};
  }

  const Place& m_place;
  const RestoreBackupRequest& m_request;
  const BackupContents& m_contents;
  const Progress& m_progress;
  report::RestoredBackupView m_view;
};

}  // namespace

Result<report::RestoredBackupView> restore_backup(const RestoreBackupRequest& request, const Progress& progress) {
  QSNAP_ASSIGN(const Place place, find_place(request.folder));
  QSNAP_ASSIGN(const BackupContents contents, open_backup(request.file, progress));
  return Restoring{place, request, contents, progress}.run();
}

}  // namespace qsnap::app
