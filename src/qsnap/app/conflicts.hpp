// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/report/conflict_report.hpp>
#include <qsnap/report/snapshot_report.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::app {

/// A document with conflicts that nobody has resolved can be looked at, but it is no state: neither to be loaded nor to
/// be expected. Errors with `corrupt`.
Result<void> refuse_conflicts(const codec::SnapshotReader& snapshot);

/// Every snapshot in conflict, or the one with that name: those that Git has not finished merging, those of the index
/// whose document has conflicts, those of the work tree. Sorted by path. Errors with `not_found` for a name that
/// nothing has.
Result<report::ConflictsView> list_conflicts(const std::filesystem::path& folder,
                                             const std::optional<store::SnapshotName>& name, const Progress& progress);
/// The same, by their paths alone: no version is looked into.
Result<std::vector<std::string>> conflicted_paths(const std::filesystem::path& folder);
/// The names of those that have one, each with its set.
Result<std::set<std::string>> conflicted_names(const std::filesystem::path& folder);
/// What a user who works in these sets means by each name: the snapshot of that very name where that is in conflict, or
/// was resolved and can be brought back; else the one of the nearest set that is.
Result<std::vector<store::SnapshotName>> meant_in_conflict(const std::filesystem::path& folder,
                                                           const store::SetChain& chain,
                                                           std::vector<store::SnapshotName> names);
/// Notes which of the snapshots of `folder` are among those.
Result<void> mark_conflicts(const std::filesystem::path& folder, std::vector<report::ListedSnapshot>& listed);
/// What the sides are called here.
Result<report::SideLabels> side_labels(const std::filesystem::path& folder);

}  // namespace qsnap::app
