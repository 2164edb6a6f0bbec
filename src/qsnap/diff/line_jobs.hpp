// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/matching.hpp>

namespace qsnap::diff {

/// What match_jobs() takes, of lines of an index. An entry for each line, in their order. `captured` as wait_of() takes
/// it.
Result<std::vector<JobEntry>> job_entries(LineIndex& index, std::span<const std::uint32_t> lines,
                                          const JobHasher& hasher, std::optional<Instant> captured = {});
/// All three must outlive the sketcher; `jobs` are entries of the index.
[[nodiscard]] Sketcher job_sketcher(LineIndex& index, const std::vector<JobEntry>& jobs, const JobHasher& hasher);

}  // namespace qsnap::diff
