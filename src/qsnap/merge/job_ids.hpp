// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_step.hpp>

namespace qsnap::merge {

/// The highest id of each queue that has jobs with numbers for ids.
using HighestIds = std::map<std::string, std::int64_t, std::less<>>;

/// Makes ids unique in each queue: of two jobs with one id, that of theirs gets a new number above `counters` and above
/// every id; where ids are no numbers, ours alone stays, and there is a conflict. Fills `work.ours_ids` and
/// `work.theirs_ids`. Gives what the counters have to be at least.
Result<HighestIds> settle_ids(const Context& context, JobWork& work, const HighestIds& counters);

/// A job of one side that refers to a job which the other side removed is a conflict.
Result<void> check_references(const Context& context, JobWork& work);

}  // namespace qsnap::merge
