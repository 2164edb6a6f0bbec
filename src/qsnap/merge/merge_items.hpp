// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/merge_value.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// The elements of a verbatim key, as JSON: of a hash and a sorted set pairs, of a stream tuples.
using Items = std::vector<std::string>;

struct ItemVersions {
  const Items& base;
  const Items& ours;
  const Items& theirs;
};

/// Merges what both sides changed. `type` is Redis's word. Fields, members and scores on which the sides do not agree
/// go to `values`. Absent where the whole value is one thing on which they do not agree.
Result<std::optional<Items>> merge_items(const ItemVersions& items, std::string_view type, ValueMerger& values,
                                         const model::PayloadReader& payloads);

}  // namespace qsnap::merge
