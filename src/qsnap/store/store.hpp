// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// The name of a snapshot by its path from the top of the repository; absent for what no command would take as one.
[[nodiscard]] std::optional<SnapshotName> name_of_path(std::string_view path);

struct InitReport {
  std::filesystem::path folder;
  std::vector<std::string> created;  ///< relative to the work tree; empty when everything was there
};

/// The .queue-snapshots tree of a work tree. Nothing outside is read or written: symbolic links inside the tree are
/// refused, names are checked, files are opened without following links.
class Store {
 public:
  /// The tree of the repository that contains `start`. Errors with not_found ("run git qsnap init") when there is no
  /// repository or no tree.
  static Result<Store> open(const std::filesystem::path& start);
  /// Makes config.yaml, baselines/, test-cases/ and history/ (with a README in each, so that Git keeps them); leaves
  /// alone what is there.
  static Result<InitReport> init(const std::filesystem::path& start);

  Result<config::Config> config() const;

  /// Absent when there is no such snapshot.
  Result<std::optional<codec::SnapshotReader>> find(const SnapshotName& name) const;
  /// From a commit. Absent when the revision has no such snapshot; not_found for no such revision.
  Result<std::optional<codec::SnapshotReader>> find_in(std::string_view revision, const SnapshotName& name) const;
  /// A new version of a snapshot; makes its folders. Another name that differs only in case is refused.
  Result<AtomicFile> replace(const SnapshotName& name) const;
  /// All names, sorted. Files that are no snapshots are not listed.
  Result<std::vector<SnapshotName>> list() const;
  /// Takes a snapshot out of the work tree; Git's index is not told. Only what is a snapshot of ours: errors as find()
  /// does. Nothing happens when it is not there.
  Result<void> remove(const SnapshotName& name) const;
  /// Of this work tree: .queue-snapshots.
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
  [[nodiscard]] std::filesystem::path path_of(const SnapshotName& name) const;
  /// Of this work tree (a linked one has its own): where qsnap/pending and qsnap/runs are.
  [[nodiscard]] std::filesystem::path git_dir() const { return m_repository.git_dir(); }
  /// A file for what `load --replace` is about to delete: <git dir>/qsnap/backups/<time>.qsnap
  Result<std::filesystem::path> backup_path(Instant now) const;

 private:
  Store(git::Repository repository, std::filesystem::path folder);
  git::Repository m_repository;
  std::filesystem::path m_folder;
};

}  // namespace qsnap::store
