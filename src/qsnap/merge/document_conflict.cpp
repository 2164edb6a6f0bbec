// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <qsnap/merge/document_conflict.hpp>

namespace qsnap::merge {

namespace {

model::ConflictKind kind_of(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::moved:
      return model::ConflictKind::moved;
    case ConflictKind::changed:
      return model::ConflictKind::changed;
    case ConflictKind::removed_changed:
      return model::ConflictKind::removed_changed;
    case ConflictKind::added_differently:
      return model::ConflictKind::added_differently;
    case ConflictKind::order:
      return model::ConflictKind::order;
    case ConflictKind::collision:
      return model::ConflictKind::collision;
    case ConflictKind::key:
      return model::ConflictKind::key;
    case ConflictKind::reference:
      return model::ConflictKind::reference;
    case ConflictKind::metadata:
      break;
  }
  return model::ConflictKind::metadata;
}

}  // namespace

model::Conflict document_conflict(const Conflict& conflict) {
  const About& about = conflict.about;
  model::Conflict kept{.kind = kind_of(conflict.kind),
                       .subject = std::string{about.subject ? to_text(*about.subject) : "metadata"},
                       .queue = about.queue,
                       .state = about.state,
                       .id = about.id,
                       .name = about.name,
                       .path = conflict.path,
                       .base = conflict.base,
                       .ours = conflict.ours,
                       .theirs = conflict.theirs};
  return kept;
}

std::vector<model::Conflict> document_conflicts(const std::vector<Conflict>& conflicts) {
  std::vector<model::Conflict> kept;
  kept.reserve(conflicts.size());
  std::transform(conflicts.begin(), conflicts.end(), std::back_inserter(kept), document_conflict);
  return kept;
}

}  // namespace qsnap::merge
