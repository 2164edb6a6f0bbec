// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/upkeep_report.hpp>

namespace qsnap::app {

enum class RenormalizeRule : std::uint8_t { propose, write };

/// Packed snapshots in the index that came in without the clean filter: with `write` each gets the blob that the
/// filter would have made. The work tree stays as it is. Refused while Git has not finished merging a snapshot.
Result<report::RenormalizeView> renormalize(const std::filesystem::path& folder, RenormalizeRule rule,
                                            const Progress& progress);

}  // namespace qsnap::app
