// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// Something wrong with a state, to be printed as "where: what".
struct Finding {
  std::string where;      ///< the queue: "bullmq:bull:mail"
  std::string what;       ///< "dangling id 17 in waiting"
  bool is_usual = false;  ///< a load leaves it like that: worth an alarm in a live Redis alone
};

/// What is wrong with the state itself: dangling ids, orphans, a job in two states, counters behind the highest id,
/// active jobs whose lease had run out or (Bull, BullMQ) whose lock is not there.
/// What single jobs tell comes first, then what jobs tell of each other, then the queues; after a thousand findings
/// the last one says how many more there are. Memory: a few bytes for each job. Two passes over the jobs at most,
/// and one over the keys.
Result<std::vector<Finding>> check_state(const model::RecordSource& source);

}  // namespace qsnap::frameworks
