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

/// describe_options() for one job after the other. Neighbours mostly have the same options: those are parsed once.
class OptionsReader {
 public:
  void describe(std::string_view text, std::string_view id, JobOrigin origin, model::Record& record);

 private:
  std::string m_text;  ///< of a job before; empty for none
  JobOrigin m_origin = JobOrigin::producer;
  model::Record m_described;  ///< nothing but what the text became
};

/// options_text() for one job after the other, in the same way.
class OptionsWriter {
 public:
  Result<std::optional<std::string>> text(const model::Record& record, std::string_view id);

 private:
  /// The members that the text is made of, where it is made of no others.
  struct Made {
    std::optional<std::string> options, style, retries, order;
    friend bool operator==(const Made&, const Made&) = default;
  };
  [[nodiscard]] bool is_like_before(const model::Record& record) const;

  std::optional<Made> m_from;
  std::string m_text;
};

}  // namespace qsnap::frameworks::bullmq
