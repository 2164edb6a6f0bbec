// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <qsnap/merge/document_conflict.hpp>

namespace qsnap::merge {

model::Conflict document_conflict(const Conflict& conflict) {
  const About& about = conflict.about;
  model::Conflict kept{.kind = conflict.kind,
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
