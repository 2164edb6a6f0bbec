// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/store/name.hpp>

/// How the name of an entry of history is built: history/[SERIES/]2026-11-21/045232.123Z-3f9c2a1b.
namespace qsnap::store {

struct HistoryNameParts {
  std::string series;  ///< empty for the one without a name
  Instant captured_at;
  std::string month;   ///< "2026-11"
  std::string folder;  ///< in the tree of the ref: "entries/[SERIES/]2026-11/21/045232.123Z-3f9c2a1b"
};

/// Absent for a name that is none of an entry ("history/before-migration" is a snapshot in the tree).
[[nodiscard]] std::optional<HistoryNameParts> history_parts(const SnapshotName& name);

/// The inverse: of a folder in the tree of the ref. Absent for what is no entry's.
[[nodiscard]] std::optional<SnapshotName> name_of_entry_folder(std::string_view folder);

/// The oldest first; of one instant by name.
void sort_by_age(std::vector<SnapshotName>& names);

}  // namespace qsnap::store
