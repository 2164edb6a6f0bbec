// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/history.hpp>

/// What the tree of files says of a history in refs: a small JSON for each entry (dated_files.hpp), which no two
/// captures share, so that branches merge. An archive in a folder has the same files.
namespace qsnap::store {

/// Answers the file. `folder` is .queue-snapshots, `ref` where the state is. Never over another file.
Result<std::filesystem::path> write_index_file(const std::filesystem::path& folder, const SetName& set,
                                               const HistoryEntry& entry, std::string_view ref);

/// All of a set, the oldest first, by bare names. A broken one is an error that names it.
Result<std::vector<HistoryEntry>> read_index_files(const std::filesystem::path& folder, const SetName& set);

}  // namespace qsnap::store
