// SPDX-License-Identifier: Apache-2.0
#include <qsnap/diff/line_jobs.hpp>

namespace qsnap::diff {

Result<std::vector<JobEntry>> job_entries(LineIndex& index, std::span<const std::uint32_t> lines,
                                          const JobHasher& hasher, std::optional<Instant> captured) {
  std::vector<JobEntry> list;
  list.reserve(lines.size());
  QSNAP_TRY(index.visit(lines, [&](std::uint32_t line, const model::Record& record) -> Result<void> {
    QSNAP_ASSIGN(const JobEntry entry, hasher.entry(record, line, captured));
    list.push_back(entry);
    return {};
  }));
  return list;
}

Sketcher job_sketcher(LineIndex& index, const std::vector<JobEntry>& jobs, const JobHasher& hasher) {
  return [&](std::span<const std::uint32_t> wanted) -> Result<std::vector<JobSketch>> {
    std::vector<std::uint32_t> lines;
    for (const std::uint32_t entry : wanted) {
      lines.push_back(jobs[entry].line);
    }
    std::vector<JobSketch> sketches;
    QSNAP_TRY(index.visit(lines, [&](std::uint32_t /*line*/, const model::Record& record) -> Result<void> {
      QSNAP_ASSIGN(JobSketch sketch, hasher.sketch(record));
      sketches.push_back(std::move(sketch));
      return {};
    }));
    return sketches;
  };
}

}  // namespace qsnap::diff
