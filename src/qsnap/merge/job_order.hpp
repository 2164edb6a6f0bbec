// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_step.hpp>

namespace qsnap::merge {

/// Says of every inserted job in front of which job of ours it stands, and inserts those that theirs alone brought
/// into another order. What ours has keeps the order of ours. A job from theirs stands behind its nearest predecessor
/// in theirs that is in that place in the result, and behind what ours itself put there; without one, in front. Where
/// order counts and both sides changed it in different ways, ours stays, and there is a conflict.
Result<void> order_jobs(const Context& context, JobWork& work);

}  // namespace qsnap::merge
