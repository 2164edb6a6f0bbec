// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <utility>

#include <qsnap/app/resolve_rows.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

/// Decisions about how jobs stand to each other.
namespace qsnap::app {

/// Puts the jobs of a place into the order that they have in `source`; one that is not there stays behind the one that
/// it is behind.
Result<void> order_like(JobRows& rows, const codec::SnapshotReader& source, const diff::Place& place);

/// Takes out of `job` its references to jobs that no row has.
Result<void> drop_missing_links(const JobRows& rows, model::Record& job);

/// Brings back from `source` the jobs that `job` refers to and no row has. Errors with `refused` where it has not all
/// of them.
Result<void> restore_targets(JobRows& rows, const model::Record& job, const codec::SnapshotReader& source);

/// The jobs, as queue and id, that others still wait for or belong to, and that are not there.
using JobName = std::pair<std::string, std::string>;
Result<std::set<JobName>> missing_jobs(const codec::SnapshotReader& document);

}  // namespace qsnap::app
