// SPDX-License-Identifier: Apache-2.0
#include <qsnap/diff/wait.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::diff {

namespace {

/// Not one that was tried before, which waits for its back-off, nor one of a scheduler, which waits for its slot.
bool may_wait_since_capture(const model::Record& job) {
  const model::Fields& fields = job.fields;
  return fields.find("retry_count").value_or("0") == "0" && !fields.contains("error") &&
         !fields.contains("error_class") && !fields.contains("delay_ms") && !fields.contains("scheduler") &&
         !model::find_instant_ms(job.volatiles, "created_at");
}

}  // namespace

std::optional<Wait> wait_of(const model::Record& job, std::optional<Instant> captured) {
  if (const auto implied = model::implied_duration(job)) {
    return Wait{*implied, Wait::Since::creation};
  }
  const auto due =
      captured && may_wait_since_capture(job) ? model::find_instant_ms(job.volatiles, "due_at") : std::nullopt;
  constexpr std::int64_t k_sane = INT64_MAX / 4;
  if (!due || *due <= -k_sane || *due >= k_sane) {
    return std::nullopt;
  }
  return Wait{*due - to_ms(*captured), Wait::Since::capture};
}

}  // namespace qsnap::diff
