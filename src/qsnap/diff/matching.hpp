// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/job_index.hpp>

namespace qsnap::diff {

/// Two entries, by index, that are the same job.
struct JobPair {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

struct Matching {
  std::vector<JobPair> pairs;
  std::vector<std::uint32_t> removed;  ///< entries of the before side, ascending
  std::vector<std::uint32_t> added;    ///< entries of the after side, ascending
};

/// Sketches for some entries of one side (ascending), in their order.
using Sketcher = std::function<Result<std::vector<JobSketch>>(std::span<const std::uint32_t> entries)>;

/// Pairs the jobs of two sides, surest first:
///   1. identity, in the same place before elsewhere
///   2. meaning in the same queue and state
///   3. meaning anywhere in the same framework and namespace
///   4. the same chosen id in the same queue
///   5. queue, name and payload
///   6. likeness within queue and name: the best of eight candidates around the same rank, if at least half agrees
/// Each stage sorts what is left: O(n log n) in all. Sketches are asked for once, before stage 4.
Result<Matching> match_jobs(std::span<const JobEntry> before, std::span<const JobEntry> after, const Places& places,
                            const Sketcher& before_sketches, const Sketcher& after_sketches);

}  // namespace qsnap::diff
