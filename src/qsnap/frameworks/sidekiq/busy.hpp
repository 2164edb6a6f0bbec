// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/model/item_block.hpp>

/// Jobs in the hands of a process: nowhere but in "<process>:work" (":workers" before 7), a hash of thread → JSON with
/// queue, payload (the job's text) and run_at.
namespace qsnap::frameworks::sidekiq {

/// Whether a key (without its namespace) is such a hash.
[[nodiscard]] bool is_work_key(std::string_view key);

struct BusyJob {
  double taken_at = 0;  ///< seconds since the epoch
  std::string queue;
  std::string element;  ///< as it stands in a queue
};
/// Absent if one of them has not that form: then the hash should stay.
[[nodiscard]] std::optional<std::vector<BusyJob>> busy_jobs(const model::ItemBlock& work);

}  // namespace qsnap::frameworks::sidekiq
