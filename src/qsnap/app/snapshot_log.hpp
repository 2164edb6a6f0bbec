// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/git/file_history.hpp>
#include <qsnap/report/log_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// The versions of a snapshot in HEAD's history, the newest first. Errors with `not_found` when no commit has it.
Result<std::vector<git::FileVersion>> snapshot_history(const std::filesystem::path& folder,
                                                       const store::SnapshotName& name);

/// The blobs of these versions and of those before them, each once, in the order of the history: Git's deltas like
/// that.
[[nodiscard]] std::vector<std::string> blobs_of(const std::vector<git::FileVersion>& versions);

/// The history with the jobs of each version and of the one before it, at most `most` of them. Of every version, the
/// queue records are decoded and nothing else. One that cannot be read is in the list, with its problem.
Result<report::LogView> snapshot_log(const std::filesystem::path& folder, const store::SnapshotName& name,
                                     std::optional<std::size_t> most, const Progress& progress);

[[nodiscard]] report::CommitView view_of(const git::Commit& commit);

}  // namespace qsnap::app
