// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/store/store.hpp>

/// Snapshots that are too large for Git: the tree has a pointer, the object lies where git-lfs keeps its own
/// (lfs/objects of the common git dir, or lfs.storage). Nothing is downloaded here.
namespace qsnap::store {

/// Where the file of a snapshot of this set may stand, from the top of the repository: in Git, in LFS.
[[nodiscard]] std::array<std::string, 2> paths_of(const SnapshotName& name);
[[nodiscard]] Storage storage_of_path(std::string_view path);

/// Absent for what is no pointer. Errors with `corrupt` for a damaged one.
Result<std::optional<codec::LfsPointer>> find_pointer(const codec::ByteSource& file);

/// What a file below .queue-snapshots/lfs holds: itself if it is a snapshot (git-lfs checked it out), else the object
/// that it points to. Errors with not_found, and the command that brings it, for an object that is not here; with
/// `corrupt` for one of another length. `label` is for the error.
Result<std::unique_ptr<codec::ByteSource>> resolve_lfs_pointer(const git::Repository& repository,
                                                               std::unique_ptr<codec::ByteSource> file,
                                                               std::string_view label);

/// Puts these bytes where git-lfs looks for them, as it does itself: into a temporary file first, and whole or not at
/// all under its name. A damaged object of that name is replaced.
Result<codec::LfsPointer> put_lfs_object(const git::Repository& repository, const codec::ByteSource& bytes);

/// The pointer to these bytes, wherever they are.
Result<codec::LfsPointer> pointer_to(const codec::ByteSource& bytes);

/// What is in git-lfs's folder of what a pointer names.
enum class ObjectState : std::uint8_t { here, missing, damaged };
enum class ObjectCheck : std::uint8_t {
  length,  ///< as git-lfs itself does
  digest,  ///< every byte is read
};
/// `objects` is what git::lfs_objects_folder() says.
Result<ObjectState> look_at_object(const std::filesystem::path& objects, const codec::LfsPointer& pointer,
                                   ObjectCheck check);

}  // namespace qsnap::store
