// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

/// The options of a job: one JSON object in which BullMQ keeps the wishes of the producer beside ids and instants.
namespace qsnap::frameworks::bullmq {

enum class JobOrigin { producer, scheduler };

/// "opts" without: attempts ("max_retries"); jobId, where it repeats the id (volatile "opts_job_id": true); timestamp,
/// prevMillis, parent and the trace context (volatile); for a scheduler's job also repeat and delay (volatile). Text
/// that is no JSON object is kept whole.
void describe_options(std::string_view text, std::string_view id, JobOrigin origin, model::Record& record);

/// The text that describe_options was given; absent without "opts". Errors with `corrupt`.
Result<std::optional<std::string>> options_text(const model::Record& record, std::string_view id);

}  // namespace qsnap::frameworks::bullmq
