// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/report/why_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// What the merge driver did to a snapshot in this clone, the newest first, at most `most` merges, and how what they
/// left was resolved. The journal keeps the last MiB or two. Errors with `not_found` for none. Lines that are damaged
/// are passed over.
Result<report::WhyView> merge_log(const std::filesystem::path& folder, const store::SnapshotName& name,
                                  std::size_t most);

/// "NAME: topic (theirs) into main (ours)", as far as the journal knows.
[[nodiscard]] std::string title_of_merge(const std::filesystem::path& folder, const store::SnapshotName& name);

}  // namespace qsnap::app
