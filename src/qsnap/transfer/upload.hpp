// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/transfer/chunk_store.hpp>

namespace qsnap::transfer {

/// An object as git-lfs names it.
struct ObjectName {
  std::string_view id;  ///< REQUIRES: codec::is_lfs_object_id
  std::uint64_t bytes = 0;
};

/// So many bytes of an object are done.
using Advance = std::function<void(std::uint64_t bytes)>;

/// What is believed of a chunk that the store has: its length, or nothing (then it is read).
enum class Belief : std::uint8_t { length, nothing };

/// Brings over the chunks that the store lacks, then the manifest, so a manifest that is there is of chunks that are
/// there. What an upload that was cut off brought stays, and is not sent again. Answers how many bytes of chunks were
/// sent. Errors with `corrupt` for bytes that are not this object.
///
/// A collection of garbage (collect.hpp) may take a chunk between the question whether it is there and the manifest
/// that names it. If one began meanwhile (k_collections_name), the store is asked again, now that the manifest is
/// there: what was taken before is sent again, and what is taken from then on, the collection brings back.
Result<std::uint64_t> upload(ChunkStore& store, const ObjectName& object, const codec::ByteSource& bytes, Belief belief,
                             const Advance& advance);

}  // namespace qsnap::transfer
