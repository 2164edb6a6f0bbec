// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <qsnap/base/result.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// Whose snapshot a name means in this store. Absent where nobody works in a set and none is named, and for what is not
/// in the tree.
Result<std::optional<report::SetOwner>> owner_of(const store::Store& store, const store::SnapshotName& name);

/// The same for a file that stands here.
[[nodiscard]] std::optional<report::SetOwner> owner_of(const store::Store& store, const store::Place& place);

/// The name as that of the set that one works in; a name with its set stays.
[[nodiscard]] store::SnapshotName own_name(const store::Store& store, const store::SnapshotName& name);

/// Where the file of a snapshot stands or would stand, from the top of the work tree on.
[[nodiscard]] std::string file_of(const store::Store& store, const store::SnapshotName& name);

/// The chain that begins with `set`, also where one works in another set.
Result<store::SetChain> chain_of(const store::Store& store, const store::SetName& set);

/// What one who works in the set of a name sees under it, be it inherited or not; of a bare name what find() finds.
/// Errors as that does.
Result<std::optional<codec::SnapshotReader>> find_seen(const store::Store& store, const store::SnapshotName& name);

/// What the set of a name would see under it if it had none of its own; absent in the default set, and for one that
/// nobody can read.
Result<std::optional<codec::SnapshotReader>> find_inherited(const store::Store& store, const store::SnapshotName& name);

}  // namespace qsnap::app
