// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/store.hpp>

/// The one way of a document into the tree: as the snapshot itself, or, where it is large, as a pointer to an object of
/// Git LFS.
namespace qsnap::app {

/// Where a snapshot of this size belongs. `now`: where the one of that name is. It comes back from LFS only when it has
/// shrunk below half of the threshold: one whose size is near it would go to and fro with every save, and each time
/// Git would keep all of it. Threshold 0: everything stays where it is, and what is new goes into Git.
[[nodiscard]] store::Storage storage_for(std::uint64_t packed_bytes, std::uint64_t threshold_bytes,
                                         std::optional<store::Storage> now);

/// What save would write of it.
Result<std::uint64_t> packed_bytes(const codec::SnapshotReader& document);

/// A new version of a snapshot of its own set or of the current one, where its size wants it; what stood in the other
/// place is gone afterwards. Old file or new one, never anything between. Answers where it is.
Result<store::Storage> store_snapshot(const store::Store& store, const store::SnapshotName& name,
                                      const codec::SnapshotReader& document, std::uint64_t threshold_bytes);

/// The same for a name that no snapshot has yet; what came there meanwhile stays, and is told.
Result<AtomicFile::NewFile> store_new_snapshot(const store::Store& store, const store::SnapshotName& name,
                                               const codec::SnapshotReader& document, std::uint64_t threshold_bytes);

/// The same in this place, whatever the size.
Result<void> store_snapshot_in(const store::Store& store, const store::SnapshotName& name,
                               const codec::SnapshotReader& document, store::Storage storage);

/// The packed document as an object of Git LFS; no file names it yet.
Result<codec::LfsPointer> put_in_lfs(const store::Store& store, const codec::SnapshotReader& document);

}  // namespace qsnap::app
