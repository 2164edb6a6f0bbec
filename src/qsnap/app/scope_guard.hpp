// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::app {

/// A load looks for keys in the way only within the snapshot's scope, and the snapshot may be hostile: what it writes
/// must lie under the prefixes of its scope, and must not be there when those `to_delete` (sorted) have gone. Sets may,
/// because a load only adds to them (Sidekiq's names of queues): these are the answer. Errors with `refused`.
Result<std::vector<std::string>> sets_to_share(const model::RecordSource& snapshot,
                                               const frameworks::RebuildOptions& options,
                                               std::span<const std::string> to_delete, redis::Connection& connection);

}  // namespace qsnap::app
