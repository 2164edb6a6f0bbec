// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::app {

/// How Git holds a snapshot: as `save` wrote it, as the clean filter makes it, as a pointer of LFS, or as something
/// that no reader takes.
enum class BlobForm : std::uint8_t { packed, stored, lfs_pointer, broken };

struct TrackedSnapshot {
  std::string path;     ///< from the top of the repository; bytes, untrusted
  std::string blob_id;  ///< hexadecimal
  BlobForm form = BlobForm::broken;
  bool has_conflicts = false;
  std::uint64_t raw_bytes = 0;  ///< of the document; 0 for a pointer
  std::uint64_t blob_bytes = 0;
  std::string problem;    ///< why it is broken
  std::string mode;       ///< of the file, as Git writes it: "100644"
  bool unmerged = false;  ///< Git has not finished merging it; the blob is one of the stages, has_conflicts is true
};

/// A file as Git lists it.
struct TrackedFile {
  std::string mode;  ///< as Git writes it: "100644"
  std::string blob_id;
  std::string path;  ///< from the top of the repository; bytes, untrusted
  bool unmerged = false;
};
/// Whether a mode of Git is that of a regular file: no link, no submodule.
[[nodiscard]] bool is_regular(std::string_view mode);

/// What tracked_snapshots() would look at, unopened.
Result<std::vector<TrackedFile>> tracked_files(const std::filesystem::path& folder,
                                               const std::optional<std::string>& revision);

/// Every file with the suffix below .queue-snapshots/ that Git tracks: in a revision ("HEAD", "main~2"), or, without
/// one, in the index (that of GIT_INDEX_FILE, in a hook). Sorted by path. Header and index of each snapshot are read,
/// no chunk. `folder` is any folder of the repository, or a bare one. Errors with `not_found` for no such revision.
Result<std::vector<TrackedSnapshot>> tracked_snapshots(const std::filesystem::path& folder,
                                                       const std::optional<std::string>& revision);

/// The snapshot of a blob; `blob_id` as above. Errors with `corrupt` for a broken one.
Result<codec::SnapshotReader> open_blob(const std::filesystem::path& folder, const std::string& blob_id);

/// Whether the clean filter would have made a stored form of it: packed, and no larger than the filter takes.
[[nodiscard]] bool should_be_stored(const TrackedSnapshot& snapshot);

}  // namespace qsnap::app
