// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>

namespace qsnap::merge {

/// What is right for one queue record once it is merged: counts and counters.
using Correction = std::function<Result<void>(const Versions& versions, model::Record& merged)>;
/// Whether a queue that one side removed has to stay.
using StaysAnyway = std::function<Result<bool>(const Versions& versions)>;

/// Merges the records of queues or config by identity, member by member. They are few, so all of them are in memory.
/// In the order of ours; what theirs added stands behind its predecessor in theirs.
struct SectionRules {
  Correction correct = {};
  StaysAnyway stays_anyway = {};
};
Result<std::vector<model::Record>> merge_section(const Context& context, model::Section section,
                                                 const SectionRules& rules);

/// Whether both sources have the same chunks in the section: then they have the same records.
[[nodiscard]] bool same_section(const model::RecordSource& a, const model::RecordSource& b, model::Section section);

}  // namespace qsnap::merge
