// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include <qsnap/diff/changes.hpp>

namespace qsnap::diff {

/// Old name → new name.
using QueueNames = std::map<std::string, std::string, std::less<>>;

/// Queues that have jobs on one side alone, taken for one queue where their counts of jobs per state agree by half and
/// framework and namespace are the same. Their jobs are looked for in each other; which of them are the same is for the
/// jobs to tell. The other way round the pairs are the same.
[[nodiscard]] QueueNames renamed_queues(const std::map<std::string, QueueCounts>& queues);

}  // namespace qsnap::diff
