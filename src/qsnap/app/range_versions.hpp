// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <qsnap/app/diff_request.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// The two versions of a snapshot; at least one is there. Of one that was renamed, the paths differ.
struct VersionPair {
  std::optional<TrackedFile> before;
  std::optional<TrackedFile> after;
};

struct RangeVersions {
  std::vector<VersionPair> pairs;  ///< whose bytes differ, or that were renamed; by the newer path
  std::uint64_t unchanged = 0;
};

/// What a range is about, by ids alone: nothing is opened. Files whose path no command would take as a name are left
/// out. REQUIRES: a store where the range ends at the work tree. Errors as diff_range() does.
Result<RangeVersions> range_versions(const std::filesystem::path& folder, const DiffRange& range,
                                     const std::optional<store::Store>& store);

}  // namespace qsnap::app
