// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// The snapshots of the work tree, of all sets, sorted, with the ids that their files would have as blobs, had Git
/// added them without any filter. The ids are empty where one of the files cannot be read.
Result<std::vector<TrackedFile>> work_tree_files(const std::filesystem::path& folder, const store::Store& store);

}  // namespace qsnap::app
