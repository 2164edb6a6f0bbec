// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/model/conflict.hpp>

namespace qsnap::codec {

/// The same document, with what stands outside of its root: there is nothing to merge.
[[nodiscard]] bool same_document(const SnapshotReader& one, const SnapshotReader& other);

/// The conflicts of earlier merges that nobody has resolved, though they were committed: those that both sides have,
/// and those that one side has and base had not. `base` is null where both sides added the file.
Result<std::vector<model::Conflict>> left_over_conflicts(const SnapshotReader* base, const SnapshotReader& ours,
                                                         const SnapshotReader& theirs);

/// Both lists, with what they share once: in the order of the first one, then of the second.
[[nodiscard]] std::vector<model::Conflict> joined_conflicts(std::vector<model::Conflict> first,
                                                            std::vector<model::Conflict> second);

}  // namespace qsnap::codec
