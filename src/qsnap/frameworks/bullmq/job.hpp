// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// A job's id, hash and score as members of its record, and back. What belongs to other keys (children, logs, the
/// deduplication lock) is bullmq_family's.
namespace qsnap::frameworks::bullmq {

/// The id, where the hash is not shown: "id" if it was chosen, volatile "id" if it was generated, "scheduler" and
/// volatile "slot_at_ms" if a scheduler made the job, so that a time shift moves the id as well.
void describe_id(std::string_view id, model::Record& record);
/// The id where a time shift must not move it, because the job's body is a verbatim key and stays where it is.
void describe_fixed_id(std::string_view id, model::Record& record);
/// The id and every field of the hash. A parentKey that names a job of `prefix` is left to the refs.
/// `options` may be kept from job to job.
void describe_job(std::string_view prefix, std::string_view id, const model::ItemBlock& hash, OptionsReader& options,
                  model::Record& record);
/// The score of a zset member, after describe_job: some scores repeat an instant of the hash and are left out.
void describe_score(State state, double score, model::Record& record);

/// These three are the inverse. Errors with `corrupt`.
Result<std::string> job_id(const model::Record& record);
/// Without parentKey, which is the caller's to give (from the refs).
Result<model::ItemBlock> job_hash(const model::Record& record, std::string_view id,
                                  std::optional<std::string> parent_key, OptionsWriter& options);
Result<double> job_score(State state, const model::Record& record);

/// A score that no instant explains, as JSON; and back. Also used by schedulers and children.
[[nodiscard]] std::string score_json(double score);
Result<double> parse_score(std::string_view json);
/// The score as an instant in milliseconds, where it is a whole number that is not negative.
[[nodiscard]] std::optional<std::int64_t> score_ms(double score);

}  // namespace qsnap::frameworks::bullmq
