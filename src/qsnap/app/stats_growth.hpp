// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/stats_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// The versions of a snapshot that HEAD's history has, the newest first, at most `most` of them; none where no commit
/// has it. Of each, the index is read and nothing else. One that cannot be read is in the list, with its problem.
Result<report::GrowthStats> snapshot_growth(const std::filesystem::path& folder, const store::SnapshotName& name,
                                            std::size_t most, const Progress& progress);

}  // namespace qsnap::app
