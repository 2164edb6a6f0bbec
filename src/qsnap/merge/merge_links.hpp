// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// A job's links with the ids that run parallel to them.
struct Links {
  std::string refs;
  std::string ref_ids;
};

/// Merges links that both sides changed, link by link; a link is known by the queue and id that it leads to. So when
/// one child of a flow is done here and another one there, both are. Absent where both sides changed one link to
/// different ones, where nothing shows that the sides mean the same jobs by their ids, and where there is more beside
/// the links than ids.
Result<std::optional<Links>> merge_links(const model::Record& base, const model::Record& ours,
                                         const model::Record& theirs, const model::PayloadReader& payloads);

}  // namespace qsnap::merge
