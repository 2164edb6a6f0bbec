// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_step.hpp>

namespace qsnap::merge {

/// By queue and state: how many more jobs the result has there than ours, or fewer.
using JobDeltas = std::map<std::pair<std::string, std::string>, std::int64_t>;
[[nodiscard]] JobDeltas job_deltas(const Context& context, const JobWork& work);

/// Writes the jobs of the result: streams ours, and puts in between what the steps say.
Result<void> write_jobs(const Context& context, JobWork& work, model::RecordSink& sink);

}  // namespace qsnap::merge
