// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/store.hpp>

/// The folder of a set as a whole: sets/<encoded set>/ with its snapshots and marks, and the same below lfs/.
namespace qsnap::store {

/// What the mark of a removed snapshot ends with.
inline constexpr std::string_view k_removed_suffix = ".removed";
/// The mark that says that the set of this name has removed it, from the .queue-snapshots folder on.
[[nodiscard]] std::filesystem::path removed_mark(const SnapshotName& name);

/// sets/<encoded set>/set.json (schemas/v1/set-file.schema.json): what somebody said of a set. Most sets have none.
struct SetFile {
  std::string description;
  std::optional<SetName> parent;  ///< whatever config.yaml says
};

/// Absent when there is none. Errors with `corrupt`, and the path, for what is no such file.
Result<std::optional<SetFile>> read_set_file(const Store& store, const SetName& set);
/// Makes the folder. Errors as Store::replace() does.
Result<void> write_set_file(const Store& store, const SetName& set, const SetFile& file);

/// Bare names of the snapshots that a set has itself, in either storage, sorted.
Result<std::vector<SnapshotName>> own_names(const Store& store, const SetName& set);

/// Files of a set, from the .queue-snapshots folder on, sorted: snapshots, marks, set.json.
Result<std::vector<std::string>> set_files(const Store& store, const SetName& set);

/// Takes the files of a set away, and its folders as far as nothing else is in them. Each file is there or gone,
/// whenever this ends. Errors with `refused` at a link or a folder where a file should be.
Result<void> drop_set(const Store& store, const SetName& set);
/// Takes the folders of a set away if nothing but set.json is in them.
Result<void> drop_empty_set(const Store& store, const SetName& set);

/// Errors with `refused` when `to` has files already; nothing has happened then.
Result<void> rename_set(const Store& store, const SetName& from, const SetName& to);

/// The set of another name that would be the same folder on some systems; absent for none, and for the set itself.
Result<std::optional<SetName>> case_twin(const Store& store, const SetName& set);

}  // namespace qsnap::store
