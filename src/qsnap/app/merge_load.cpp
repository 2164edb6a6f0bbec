// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_load.hpp>
#include <qsnap/app/merge_survey.hpp>
#include <qsnap/app/reporting_source.hpp>
#include <qsnap/frameworks/merge_target.hpp>
#include <qsnap/frameworks/merged_source.hpp>
#include <qsnap/redis/merge_writer.hpp>

namespace qsnap::app {

namespace {

using frameworks::MergedSource;
using frameworks::MergeTarget;
using frameworks::NumberRange;

/// Far more commands than a socket holds.
constexpr std::size_t k_pipeline_depth = 1000;

/// What is in the target, in whatever queue: keys of several queues may be shared.
Result<MergeTarget> look_at_target(const model::Scope& scope, const Target& target, const Progress& progress) {
  CaptureRequest capture;
  capture.target = target;
  capture.scope = scope;
  capture.scope.queues.clear();
  QSNAP_ASSIGN(const CapturedDocument captured, capture_document(capture, KeyNames::forget, progress));
  return MergeTarget::read(captured.reader);
}

/// Which keys are in the way. Errors with `refused` if one is.
Result<frameworks::RebuildOutcome> survey(const MergedSource& merged, const frameworks::RebuildOptions& options,
                                          MergeSurvey& keys) {
  QSNAP_ASSIGN(frameworks::RebuildOutcome rebuilt, frameworks::rebuild_keys(merged, options, keys));
  QSNAP_TRY(keys.finish());
  return rebuilt;
}

/// Numbers that nobody gets while the target is looked at: the next ones may be a producer's in this moment.
Result<void> try_far_numbers(MergedSource& merged) {
  constexpr std::int64_t k_far = std::int64_t{1} << 40U;
  std::vector<NumberRange> ranges = merged.ranges();
  for (NumberRange& range : ranges) {
    range.before += range.before > 0 ? k_far : 0;  // 0: the numbers stay
  }
  return merged.set_ranges(ranges);
}

/// Each counter goes on behind the numbers of the jobs, so that nobody else gets them.
Result<void> take_numbers(MergedSource& merged, redis::Connection& connection) {
  std::vector<NumberRange> ranges = merged.ranges();
  for (NumberRange& range : ranges) {
    QSNAP_ASSIGN(const std::int64_t last, redis::add_to_counter(connection, range.key, range.size));
    range.before = last - range.size;
  }
  return merged.set_ranges(ranges);
}

LoadOutcome outcome_of(std::uint64_t keys, frameworks::RebuildOutcome rebuilt,
                       const frameworks::RebuildOptions& options, const MergedSource& merged,
                       const MergeSurvey& surveyed) {
  LoadOutcome outcome;
  outcome.keys = keys;
  outcome.jobs = std::move(rebuilt.jobs);
  outcome.shift = options.shift;
  outcome.due_shift = options.due_shift;
  outcome.dropped = rebuilt.dropped;
  outcome.merge = MergeOutcome{merged.renumbered(), surveyed.left_keys() + merged.left().keys, merged.left()};
  return outcome;
}

/// A failed merge: what nobody has seen yet is taken away; what workers may have seen stays, and is told.
Error clean_up(redis::MergeWriter& writer, Error failure, const redis::Endpoint& endpoint) {
  const redis::MergeWriter::Appended appended = writer.appended();
  if (appended.done > 0) {
    failure.hints.push_back(fmt::format(
        "{} of {} transactions with jobs were carried out, or the last of them may have been: those jobs stay",
        appended.done, appended.all));
    failure.hints.emplace_back(
        "the bodies of the others stay, too, in no queue: git qsnap fsck --redis URL names them");
    return failure;
  }
  Result<redis::Connection> over = redis::Connection::open(endpoint, {}, Progress{});
  const Result<void> undone = over ? writer.undo(*over) : Result<void>{over.error()};
  failure.hints.push_back(undone ? "what this load had written was removed again, but for numbers that counters skip"
                                 : fmt::format("up to {} keys that this load wrote may still be there, in no queue: {}",
                                               writer.keys_written(), undone.error().message));
  return failure;
}

Result<frameworks::RebuildOutcome> write_keys(const MergedSource& merged, const frameworks::RebuildOptions& options,
                                              const MergeSurvey& surveyed, const Progress& progress,
                                              redis::MergeWriter& writer) {
  MergeSink sink{surveyed, writer};
  QSNAP_ASSIGN(frameworks::RebuildOutcome rebuilt,
               frameworks::rebuild_keys(ReportingSource{merged, progress}, options, sink));
  QSNAP_TRY(writer.finish());
  return rebuilt;
}

}  // namespace

Result<LoadOutcome> merge_load(const model::RecordSource& snapshot, const frameworks::RebuildOptions& options,
                               const LoadRequest& request, const Progress& progress, redis::Connection& connection) {
  const model::Scope& scope = snapshot.metadata().scope;
  QSNAP_ASSIGN(const MergeTarget target, look_at_target(scope, request.target, progress));
  const auto read_counter = [&](const std::string& key) { return redis::read_counter(connection, key); };
  QSNAP_ASSIGN(MergedSource merged, MergedSource::create(snapshot, target, read_counter));
  QSNAP_TRY(try_far_numbers(merged));
  std::optional<MergeSurvey> surveyed;
  QSNAP_ASSIGN(frameworks::RebuildOutcome rebuilt, survey(merged, options, surveyed.emplace(scope, connection)));
  if (request.dry_run) {
    return outcome_of(surveyed->keys() - surveyed->left_keys(), std::move(rebuilt), options, merged, *surveyed);
  }
  if (!merged.ranges().empty()) {
    QSNAP_TRY(take_numbers(merged, connection));
    QSNAP_TRY(survey(merged, options, surveyed.emplace(scope, connection)));
  }
  redis::MergeWriter writer{connection, k_pipeline_depth, progress};
  Result<frameworks::RebuildOutcome> written = write_keys(merged, options, *surveyed, progress, writer);
  if (!written) {
    return clean_up(writer, std::move(written).error(), request.target.endpoint);
  }
  return outcome_of(writer.keys_written(), *std::move(written), options, merged, *surveyed);
}

}  // namespace qsnap::app
