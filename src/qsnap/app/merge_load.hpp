// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/load.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::app {

/// Puts the jobs of a document beside what is in the target (docs/architecture.md, "Merging"): looks at the target
/// first, in the scope of the document, and refuses before anything is written; then takes numbers from its counters;
/// then writes. Errors as load().
Result<LoadOutcome> merge_load(const model::RecordSource& snapshot, const frameworks::RebuildOptions& options,
                               const LoadRequest& request, const Progress& progress, redis::Connection& connection);

}  // namespace qsnap::app
