// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/transfer/chunk_store.hpp>
#include <qsnap/transfer/local_chunks.hpp>
#include <qsnap/transfer/upload.hpp>

namespace qsnap::transfer {

struct Downloaded {
  std::filesystem::path file;  ///< the object, checked; the caller's from now on
  std::uint64_t received = 0;  ///< bytes of chunks that came from the store
  UniqueFd held;               ///< while it is open, nobody else who wants this object goes on with this file
};

/// Puts an object together in `folder`, of chunks at hand and chunks of the store, each checked by its SHA-256, and
/// then the whole. One that was cut off goes on where it was. Absent where the store does not know the object. Errors
/// with `corrupt` where the store's manifest or a chunk is damaged or gone.
Result<std::optional<Downloaded>> download(ChunkStore& store, const ObjectName& object, LocalChunks& at_hand,
                                           const std::filesystem::path& folder, const Advance& advance);

}  // namespace qsnap::transfer
