// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// A bare name as that of the set that has it, for commands that go by files: in the set that one works in it may be
/// another file. As it is where there is no tree, and for what is not in it.
Result<store::SnapshotName> name_of_file(Session& session, const store::SnapshotName& name);

/// Names of snapshots in conflict, as app::meant_in_conflict() has them; as they are where no set has a folder.
Result<std::vector<store::SnapshotName>> names_of_conflicts(Session& session, std::vector<store::SnapshotName> names);

/// What bare names mean here; in a bare repository, and where there is no tree, what they are.
Result<store::SetChain> chain_of_tree(Session& session);

}  // namespace qsnap::cli
