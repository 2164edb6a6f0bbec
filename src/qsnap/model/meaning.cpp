// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/model/meaning.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::model {

bool carries_meaning(std::string_view member) {
  constexpr std::array<std::string_view, 3> k_without = {"body", "counts", "verbatim"};
  return std::find(k_without.begin(), k_without.end(), member) == k_without.end();
}

bool order_counts(std::string_view state) {
  constexpr std::array<std::string_view, 4> k_ordered = {"paused", "pending", "prioritized", "waiting"};
  return std::find(k_ordered.begin(), k_ordered.end(), state) != k_ordered.end();
}

bool has_body(const Record& job) {
  const auto body = job.fields.find("body");
  return body != R"("missing")" && body != R"("duplicate")";
}

std::optional<std::int64_t> implied_duration(const Record& job) {
  // What a failed job waits for is its back-off, which has jitter in it, and a scheduler's job waits for its slot:
  // nobody asked for that duration.
  const bool failed_before = job.fields.contains("error") || job.fields.contains("error_class");
  if (failed_before || job.fields.contains("delay_ms") || job.fields.contains("scheduler")) {
    return std::nullopt;
  }
  const auto due = find_instant_ms(job.volatiles, "due_at");
  const auto created = find_instant_ms(job.volatiles, "created_at");
  constexpr std::int64_t k_sane = INT64_MAX / 4;
  const auto sane = [](std::int64_t ms) { return ms > -k_sane && ms < k_sane; };
  if (!due || !created || !sane(*due) || !sane(*created)) {
    return std::nullopt;
  }
  return *due - *created;
}

}  // namespace qsnap::model
