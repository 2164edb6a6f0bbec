// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/transfer/folder_store.hpp>

namespace qsnap::transfer {

struct CollectRequest {
  enum class Run : std::uint8_t { propose, collect };

  Run run = Run::propose;
  Instant now;                  ///< by this machine's clock; files have the share's
  std::chrono::hours grace{0};  ///< what was written since then stays
  /// Objects that are still wanted: manifests of others are garbage, too. Absent: all manifests stay.
  std::optional<std::set<std::string>> objects;
};

struct Collected {
  std::uint64_t objects = 0, dropped_objects = 0;
  std::uint64_t chunks = 0, chunk_bytes = 0;
  std::uint64_t dropped_chunks = 0, dropped_bytes = 0;
  std::uint64_t young_chunks = 0;  ///< that no manifest names, but are kept for the time of grace
  std::uint64_t unfinished = 0;    ///< what uploads left that were killed a day ago or earlier
};

/// Drops chunks that no manifest names, safely beside uploads:
///   1. The length of k_collections_name becomes odd.
///   2. Manifests are read, and what no one names is moved out of sight (into trash/).
///   3. Manifests are read again: what one that came since then names is moved back. Then the rest is removed.
///   4. The length becomes even.
/// An upload asks for chunks, writes its manifest and looks at that length. If it is the one from before, and even, no
/// collection began in between, so the next one reads the manifest. Else it asks for its chunks again: what step 2 took
/// it sends once more, and what step 2 takes only then, step 3 brings back. A collection that was killed leaves the
/// length odd, and uploads ask twice, until the next one puts back what is in trash/ and begins anew.
///
/// One at a time: `refused` while another one runs. `corrupt` for a manifest that cannot be read: nobody knows its
/// chunks.
Result<Collected> collect(const FolderStore& store, const CollectRequest& request);

}  // namespace qsnap::transfer
