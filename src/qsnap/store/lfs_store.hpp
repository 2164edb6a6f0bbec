// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/git/repository.hpp>

/// Snapshots that are too large for Git: the tree has a pointer, the object lies where git-lfs keeps its own
/// (lfs/objects of the common git dir, or lfs.storage). Nothing is downloaded here.
namespace qsnap::store {

/// What a file below .queue-snapshots/lfs holds: itself if it is a snapshot (git-lfs checked it out), else the object
/// that it points to. Errors with not_found, and the command that brings it, for an object that is not here; with
/// `corrupt` for one of another length. `label` is for the error.
Result<std::unique_ptr<codec::ByteSource>> resolve_lfs_pointer(const git::Repository& repository,
                                                               std::unique_ptr<codec::ByteSource> file,
                                                               std::string_view label);

/// Puts these bytes where git-lfs looks for them, as it does itself: into a temporary file first, and whole or not at
/// all under its name. An object that is there already is checked, and replaced if it is damaged.
Result<codec::LfsPointer> put_lfs_object(const git::Repository& repository, const codec::ByteSource& bytes);

}  // namespace qsnap::store
