// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// One job, followed from one state back to an earlier one.
struct JobAncestor {
  std::optional<model::Record> before;  ///< absent: the earlier state has no such job
  std::optional<Change> change;         ///< absent: nothing that carries meaning
};

/// Finds the job that compare() would take for `job`, a record of `after`, and what changed between the two. Decodes
/// what compare() decodes of the jobs; without rules, so every change is told but for the order.
Result<JobAncestor> job_ancestor(const model::RecordSource& before, const model::RecordSource& after,
                                 const model::Record& job, const model::PayloadReader& payloads,
                                 const Progress& progress);

}  // namespace qsnap::diff
