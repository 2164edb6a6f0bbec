// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/history.hpp>

/// Dated captures in a folder outside of the repository, by the paths that their names would have in a tree:
/// history/[SERIES/]2026-11-21/045232.123Z-3f9c2a1b.qsnap, packed, and .json beside it, written last; those of a set
/// below sets/<encoded set>/. So `git qsnap show FILE` reads them where they are.
namespace qsnap::app {

enum class Archived : std::uint8_t { written, there_before };

/// Nothing is ever written over: a file of that name is read, and has to hold the same. Errors with `refused` if it
/// does not. REQUIRES: the folder exists
Result<Archived> archive_to_folder(const std::filesystem::path& folder, const store::SetName& set,
                                   const store::HistoryEntry& entry, const codec::SnapshotReader& state);

Result<codec::SnapshotReader> open_archived(const std::filesystem::path& folder, const store::SetName& set,
                                            const store::SnapshotName& name);

/// Whether a state is that of an entry: every chunk is read and checked. Errors with `corrupt` where it is not.
Result<void> check_state(const store::HistoryEntry& entry, const codec::SnapshotReader& state);

}  // namespace qsnap::app
