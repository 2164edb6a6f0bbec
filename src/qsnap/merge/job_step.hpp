// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/job_lineage.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/id_rewriter.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::merge {

/// Where a job of the result stands.
enum class Seat : std::uint8_t {
  stays,     ///< where ours has it
  inserted,  ///< in front of the job `before` of ours, where theirs says
  dropped,   ///< it is not in the result
};

/// Which record a job of the result has.
enum class Content : std::uint8_t { ours, theirs, merged };

/// What becomes of one job that is not simply as ours has it: 24 bytes. Ordinals; k_none where the job is not there.
struct JobStep {
  std::uint32_t base = k_none;
  std::uint32_t ours = k_none;
  std::uint32_t theirs = k_none;
  std::uint32_t place = 0;        ///< in the result
  std::uint32_t before = k_none;  ///< of an inserted job: an ordinal of ours, or how many jobs ours has
  Seat seat = Seat::stays;
  Content content = Content::theirs;
  Side volatiles = Side::theirs;
  bool in_conflict = false;  ///< there are conflicts about its members

  [[nodiscard]] bool has_id_of_theirs() const {
    return seat != Seat::dropped && content != Content::ours && volatiles == Side::theirs;
  }
};

/// The jobs of a merge: how both sides came from base, what is to be done, and which ids change.
struct JobWork {
  JobLineage ours;
  JobLineage theirs;
  /// New jobs that both sides have, as ordinals.
  std::unordered_map<std::uint32_t, std::uint32_t> twin_of_ours;
  std::unordered_map<std::uint32_t, std::uint32_t> twin_of_theirs;
  std::vector<JobStep> steps;
  /// For records of that side.
  model::NewIds ours_ids;
  model::NewIds theirs_ids;

  /// The place of a job of ours that has a base whose line theirs has not, or that is not as in base.
  [[nodiscard]] std::uint32_t place_in_ours(const JobStep& step) const;
};

/// A step's job in the states that it is in.
struct StepRecords {
  std::optional<model::Record> base;
  std::optional<model::Record> ours;
  std::optional<model::Record> theirs;
};

/// Gets the records of steps, a batch at a time. `work` must outlive it.
class StepLoader {
 public:
  explicit StepLoader(JobWork& work) : m_work(work) {}

  /// How many of the first steps are a batch; at least one. REQUIRES: not empty
  std::size_t batch_size(std::span<const JobStep> steps);
  /// What the content of each needs: of a merged one all that there are.
  Result<std::vector<StepRecords>> load(std::span<const JobStep> steps);

 private:
  struct Line {
    diff::LineIndex* index = nullptr;
    std::uint32_t line = 0;
  };
  std::optional<Line> base_line(const JobStep& step);
  std::optional<Line> ours_line(const JobStep& step);
  std::optional<Line> theirs_line(const JobStep& step);

  JobWork& m_work;
};

}  // namespace qsnap::merge
