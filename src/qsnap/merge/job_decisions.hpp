// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_step.hpp>

namespace qsnap::merge {

/// Pairs what is new on both sides: the same identity, or the same meaning in the same place.
void pair_added(JobWork& work);

/// Decides on every job that is not simply as ours has it: fills `work.steps`, but for order and ids. Jobs that both
/// sides touched are looked at member by member; conflicts go to the findings.
Result<void> decide_jobs(const Context& context, JobWork& work);

}  // namespace qsnap::merge
