// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/store/name.hpp>

/// Files of dated captures in a work tree: history/[SERIES/]2026-11-21/045232.123Z-3f9c2a1b and .json (the index of an
/// entry of refs/qsnap/history) or .qsnap (the snapshot itself).
namespace qsnap::store {

inline constexpr std::string_view k_index_suffix = ".json";

/// Takes away the index file of an entry. Answers whether there was one. Nothing but a regular file is removed.
/// `folder` is .queue-snapshots.
Result<bool> remove_index_file(const std::filesystem::path& folder, const SnapshotName& name);

}  // namespace qsnap::store
