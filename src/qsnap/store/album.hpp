// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/store/name.hpp>

/// Named groups of related snapshots: a scenario. One JSON file each, .queue-snapshots/albums/<name>.json
/// (schemas/v1/album.schema.json), one member a line, sorted, so that Git merges two that were added on two branches.
namespace qsnap::store {

struct AlbumMember {
  SnapshotName name;  ///< bare, so that it means the snapshot of the set that is looked from; may be a history entry
  std::string note;
};
/// By name, each name once: of two that only differ in their notes, the first one stays.
void sort_members(std::vector<AlbumMember>& members);

struct Album {
  std::string name;  ///< one component of a snapshot's name
  std::string description;
  std::vector<std::string> tags;     ///< sorted, without doubles
  std::vector<AlbumMember> members;  ///< sorted by name
};

/// The albums of a tree. Files are hostile: links are refused, names must be those of their files.
class AlbumStore {
 public:
  /// `folder` is .queue-snapshots.
  explicit AlbumStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  /// Of the files that may be albums, sorted.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// Sorted by name. A broken one is an error that names it.
  [[nodiscard]] Result<std::vector<Album>> list() const;
  /// Absent when there is none. Errors with `usage` for what is no name.
  [[nodiscard]] Result<std::optional<Album>> find(std::string_view name) const;
  [[nodiscard]] std::filesystem::path path_of(std::string_view name) const;

  /// Whoever reads an album in order to change it holds this meanwhile, so that no change of another process is lost.
  /// Makes the folder.
  [[nodiscard]] Result<UniqueFd> lock() const;
  /// A new one or a new state of it. Errors with `usage` for what is no name, and with limit_exceeded. REQUIRES: lock()
  Result<void> put(const Album& album) const;
  /// Whether there was one. REQUIRES: lock()
  Result<bool> remove(std::string_view name) const;

 private:
  std::filesystem::path m_folder;
};

}  // namespace qsnap::store
