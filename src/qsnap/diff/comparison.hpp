// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/renamed_queues.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// What every part of one comparison works with. Nothing is owned; all of it outlives the comparison.
struct Comparison {
  const model::RecordSource& before;
  const model::RecordSource& after;
  const model::PayloadReader& payloads;
  RuleBook& rules;
  const KeyedHash& hash;
  const Progress& progress;
  CompareOptions options{};

  /// Equal fingerprints leave durations, workers and what is volatile to compare.
  [[nodiscard]] bool same_meaning() const {
    return !before.fingerprint().empty() && before.fingerprint() == after.fingerprint();
  }
};

struct JobChanges {
  std::vector<Change> list;    ///< by queue and state in document order; inside a place what was removed comes first
  std::vector<Alias> aliases;  ///< with Listing::complete
};
Result<JobChanges> compare_jobs(const Comparison& comparison, QueueNames renamed);
/// Queues, workers or config records: few, so held as records.
Result<std::vector<Change>> compare_records(const Comparison& comparison, model::Section section);
/// Verbatim keys, by name; the parts of one key make one change.
Result<std::vector<Change>> compare_keys(const Comparison& comparison);

enum class OrderFinding : std::uint8_t { kept, reordered };
/// Whether references that are spelt alike lead to other jobs.
enum class ReferenceFinding : std::uint8_t { same, rewired };
/// Whether it is known that nothing but noise differs: then what is listed is that.
enum class MeaningFinding : std::uint8_t { unknown, same };
/// What only the whole of both documents can tell of a job.
struct JobFindings {
  OrderFinding order = OrderFinding::kept;
  ReferenceFinding references = ReferenceFinding::same;
  MeaningFinding meaning = MeaningFinding::unknown;
};
/// The change of one job; absent when nothing is left of it under the rules. REQUIRES: not both null
Result<std::optional<Change>> job_change(const Comparison& comparison, const model::Record* before,
                                         const model::Record* after, JobFindings findings);

/// How many bytes of records are looked at together.
inline constexpr std::uint64_t k_batch_bytes = 4ULL << 20U;

}  // namespace qsnap::diff
