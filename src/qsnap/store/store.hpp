// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::store {

inline constexpr std::string_view k_folder = ".queue-snapshots";
/// The same for git, from whatever folder it runs in.
inline constexpr std::string_view k_pathspec = ":(top).queue-snapshots";

/// Who keeps the bytes of a snapshot: Git, or Git LFS (below .queue-snapshots/lfs, the same path; the file is a
/// pointer, or, after git-lfs checked it out, the snapshot).
enum class Storage : std::uint8_t { git, lfs };

/// Where the file of a snapshot stands.
struct Place {
  SetName set;  ///< whose it is; of an inherited snapshot that of an ancestor
  Storage storage = Storage::git;
  std::filesystem::path below;  ///< from the .queue-snapshots folder on
};

/// The name of a snapshot by its path from the top of the repository, qualified by its set, without lfs/; absent for
/// what no command would take as one.
[[nodiscard]] std::optional<SnapshotName> name_of_path(std::string_view path);

struct InitReport {
  std::filesystem::path folder;
  std::vector<std::string> created;  ///< relative to the work tree; empty when everything was there
};

/// The .queue-snapshots tree of a work tree. Nothing outside is read or written: symbolic links inside the tree are
/// refused, names are checked, files are opened without following links.
///
/// A bare name is looked for along a chain of sets (docs/sets.md): what a set does not have, its parent may have, and
/// what it removed (a file NAME.removed) none has. A name with its set is that set's alone. Whatever is not in the tree
/// and begins with history/ is looked for in the history of the current set.
class Store {
 public:
  /// The tree of the repository that contains `start`, without sets. Errors with not_found ("run git qsnap init") when
  /// there is no repository or no tree.
  static Result<Store> open(const std::filesystem::path& start);
  /// Makes config.yaml, baselines/, test-cases/ and history/ (with a README in each, so that Git keeps them); leaves
  /// alone what is there.
  static Result<InitReport> init(const std::filesystem::path& start);

  /// What bare names mean from here on.
  void select(SetChain chain) { m_chain = std::move(chain); }
  [[nodiscard]] const SetChain& chain() const { return m_chain; }

  Result<config::Config> config() const;

  /// Absent when there is no such snapshot. One whose object of Git LFS is not here is an error (not_found) that says
  /// how to get it.
  Result<std::optional<codec::SnapshotReader>> find(const SnapshotName& name) const;
  /// From a commit, by the same sets and without history. Absent when the revision has no such snapshot; not_found for
  /// no such revision.
  Result<std::optional<codec::SnapshotReader>> find_in(std::string_view revision, const SnapshotName& name) const;
  /// Where find() would find it in the tree. Refused when it stands in Git and in LFS at once.
  Result<std::optional<Place>> locate(const SnapshotName& name) const;
  /// The same, but that a bare name is looked for along another chain.
  Result<std::optional<Place>> locate_along(const SetChain& chain, const SnapshotName& name) const;
  /// What stands at a place that was located. Errors as find() does; `label` is for them.
  Result<codec::SnapshotReader> read(const Place& place, std::string_view label) const;

  /// A new version of a snapshot, of its own set or of the current one; makes its folders. Another name that differs
  /// only in case is refused. After the commit, settle() takes away what the new file has replaced.
  Result<AtomicFile> replace(const SnapshotName& name, Storage storage = Storage::git) const;
  /// Removes the file of the other storage and the mark that says the set has no such snapshot.
  Result<void> settle(const SnapshotName& name, Storage storage) const;
  /// All bare names that find() knows in the tree, sorted. Files that are no snapshots are not listed.
  Result<std::vector<SnapshotName>> list() const;
  /// Every snapshot of every set, sorted, each by the name that is its own: bare in the default set, else qualified.
  Result<std::vector<SnapshotName>> list_all() const;
  /// The sets that have a folder, sorted by their text; without the default one.
  Result<std::vector<SetName>> sets() const;
  /// Bare names that a set marks as removed, sorted.
  Result<std::vector<SnapshotName>> removed_in(const SetName& set) const;
  /// Takes a snapshot out of the current set (or that of its name); an inherited one is marked as removed, too. Git's
  /// index is not told. Only what is a snapshot of ours: errors as find() does. Nothing happens when it is not there.
  Result<void> remove(const SnapshotName& name) const;
  /// Takes away what a set has of its own, be it a snapshot or the mark of a removed one: from here on the name means
  /// the parent's. Of the default set nothing is taken.
  Result<void> inherit(const SnapshotName& name) const;
  /// Of this work tree: .queue-snapshots.
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
  /// Where its file stands, else where replace() would put it.
  [[nodiscard]] std::filesystem::path path_of(const SnapshotName& name) const;
  /// Of this work tree (a linked one has its own): where qsnap/pending and qsnap/runs are.
  [[nodiscard]] std::filesystem::path git_dir() const { return m_repository.git_dir(); }
  /// What all work trees share: objects, refs, lfs/.
  [[nodiscard]] std::filesystem::path common_dir() const { return m_repository.common_dir(); }
  [[nodiscard]] const git::Repository& repository() const { return m_repository; }
  /// A file for what `load --replace` is about to delete: <git dir>/qsnap/backups/<time>.qsnap
  Result<std::filesystem::path> backup_path(Instant now) const;

 private:
  Store(git::Repository repository, std::filesystem::path folder);
  [[nodiscard]] SnapshotName target_of(const SnapshotName& name) const;
  Result<std::optional<Place>> locate_own(const SnapshotName& name) const;
  Result<bool> has_file(const std::filesystem::path& below) const;
  Result<void> remove_file(const std::filesystem::path& below) const;
  git::Repository m_repository;
  std::filesystem::path m_folder;
  SetChain m_chain;
};

}  // namespace qsnap::store
