// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

#include <qsnap/base/result.hpp>
#include <qsnap/report/why_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// What the merge driver did to a snapshot in this clone, the newest first, at most `most` merges. The driver keeps the
/// last MiB or two. Errors with `not_found` for none. Lines that are damaged are passed over.
Result<report::WhyView> merge_log(const std::filesystem::path& folder, const store::SnapshotName& name,
                                  std::size_t most);

}  // namespace qsnap::app
