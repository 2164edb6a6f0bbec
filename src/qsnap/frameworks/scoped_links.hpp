// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include <qsnap/model/record.hpp>

namespace qsnap::frameworks {

/// A capture of some queues knows nothing of the jobs of others: takes out of `job` the names of those that it refers
/// to. So the capture says the same where these jobs are not there, as after its load. `queues` are the captured ones,
/// as JSON.
void forget_names_outside(model::Record& job, const std::set<std::string>& queues);

}  // namespace qsnap::frameworks
