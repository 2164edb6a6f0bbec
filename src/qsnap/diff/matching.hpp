// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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

/// What is known before a job is looked at.
struct Evidence {
  /// Jobs whose lines are equal on both sides, so that there are no entries of them. Absent: not to be considered.
  std::optional<std::uint64_t> equal_jobs;
  /// `same`: both documents have one fingerprint, so pairs of equal meaning are there for all jobs.
  enum class Meaning : std::uint8_t { may_differ, same } meaning = Meaning::may_differ;
};

/// Pairs the jobs of two sides, surest first:
///   1. identity, in the same place before elsewhere (left out where the meaning is the same)
///   2. of jobs that refer to others: meaning together with that of their targets, in place before elsewhere
///   3. meaning in the same queue and state
///   4. meaning anywhere in the same framework and namespace
///   5. the same chosen id in the same queue
///   6. queue, name and payload
///   7. likeness within queue and name: the best of nine candidates around the same rank, if at least half agrees, and
///      unless most jobs were found under their ids
///   8. name and payload anywhere in the same framework and namespace: what went to another queue and failed there
/// The other way round, the pairs are the same. Each stage sorts what is left: O(n log n) in all. Sketches are asked
/// for once, before stage 5.
Result<Matching> match_jobs(std::span<const JobEntry> before, std::span<const JobEntry> after, const Places& places,
                            const Sketcher& before_sketches, const Sketcher& after_sketches,
                            const Evidence& evidence = {});

}  // namespace qsnap::diff
