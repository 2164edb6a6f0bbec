// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// What a load wrote, or would write.
struct LoadView {
  /// Jobs of one queue by state, in order.
  struct Queue {
    std::string queue;
    std::vector<std::pair<std::string, std::uint64_t>> states;
  };

  /// What a merge did otherwise than a load into an empty target.
  struct Merge {
    std::uint64_t renumbered_jobs = 0;
    std::uint64_t left_keys = 0;  ///< the target has its own
    std::uint64_t left_schedules = 0;
    std::uint64_t left_scheduled_jobs = 0;
    std::vector<std::string> other_settings;  ///< queues whose settings are not the snapshot's
  };

  std::string name;
  std::string target;  ///< without credentials
  bool dry_run = false;
  std::string time = "shift";   ///< shift, keep, due, exact
  std::string active = "keep";  ///< keep, requeue, stalled
  bool paused = false;          ///< every queue was paused
  std::uint64_t keys = 0;
  std::uint64_t jobs = 0;
  std::vector<Queue> queues;
  std::uint64_t dropped_locks = 0;
  std::uint64_t dropped_dangling_ids = 0;
  std::uint64_t dropped_lapsed = 0;
  std::uint64_t replaced_keys = 0;
  std::optional<std::string> backup;  ///< path of the snapshot of what was replaced
  std::chrono::milliseconds shift{0};
  std::chrono::milliseconds due_shift{0};
  std::uint64_t active_jobs = 0;
  std::uint64_t requeued_jobs = 0;
  std::uint64_t lost_jobs = 0;     ///< that only their workers had
  std::uint64_t overdue_jobs = 0;  ///< that wait for an instant that has passed
  std::optional<Merge> merge;
};
[[nodiscard]] std::string load_text(const LoadView& view, const Style& style);
[[nodiscard]] std::string load_json(const LoadView& view);

}  // namespace qsnap::report
