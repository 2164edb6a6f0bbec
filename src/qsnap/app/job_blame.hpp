// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/log_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// Which job is meant.
struct BlameRequest {
  store::SnapshotName name;
  std::string job;                   ///< its id; else its name
  std::optional<std::string> queue;  ///< full id or bare name
};

/// Follows one job back through HEAD's history of a snapshot: from the newest version that has it to the commit that
/// brought it in. From one version to the next older one it is the job that a comparison takes for the same. Errors
/// with `not_found` when no version has such a job, and with `usage` and the candidates when several are meant.
Result<report::BlameView> blame_job(const std::filesystem::path& folder, const BlameRequest& request,
                                    const Progress& progress);

}  // namespace qsnap::app
