// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/report/grep_report.hpp>

/// Which contents snapshots ever had, and where: by ids alone, nothing is opened.
namespace qsnap::app {

/// Those that commits brought in, the newest first. `revisions` and ranges say which commits; none: HEAD and all behind
/// it, and nothing where there is no commit yet. Errors with not_found for a revision that is none.
Result<std::vector<report::GrepVersion>> committed_versions(const std::filesystem::path& folder,
                                                            const std::vector<std::string>& revisions);

/// Dated captures of all sets, the newest first. Broken entries are told in `problems`.
Result<std::vector<report::GrepVersion>> captured_versions(const git::Repository& repository,
                                                           const std::filesystem::path& folder,
                                                           std::vector<report::SearchProblem>& problems);

}  // namespace qsnap::app
