// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include <qsnap/base/text.hpp>
#include <qsnap/diff/change_kind.hpp>

namespace qsnap::diff {

namespace {

/// BullMQ's settings of a queue that hold its workers back.
constexpr std::array<std::string_view, 3> k_limits = {".meta.concurrency", ".meta.duration", ".meta.max"};
/// What says when a scheduler (BullMQ) or a cron entry (sidekiq-cron) is due.
constexpr std::array<std::string_view, 4> k_schedule = {"cron", "every", "pattern", "tz"};

std::int64_t retry_count(const model::Record& record) {
  const auto json = record.fields.find("retry_count");
  return json ? parse_integer(*json).value_or(0) : 0;
}

bool touches_any(const FieldCollector& fields, std::span<const std::string_view> members) {
  return std::any_of(members.begin(), members.end(), [&](std::string_view member) { return fields.touched(member); });
}

bool is_paused(const model::Record& queue) {
  return queue.fields.find("paused") == "true";
}

bool sets_limit(const FieldCollector& fields) {
  return std::any_of(fields.list().begin(), fields.list().end(), [](const FieldChange& field) {
    return std::find(k_limits.begin(), k_limits.end(), field.path) != k_limits.end();
  });
}

}  // namespace

ChangeKind job_change_kind(const FieldCollector& fields, const model::Record& before, const model::Record& after) {
  const auto any = [&](std::initializer_list<std::string_view> members) {
    return touches_any(fields, {members.begin(), members.size()});
  };
  if (any({"retry_count"}) && retry_count(after) > retry_count(before)) {
    return ChangeKind::retried;
  }
  if (any({"error", "error_class"})) {
    return ChangeKind::error_changed;
  }
  if (any({"payload", "enc", "codec"})) {
    return ChangeKind::payload_changed;
  }
  if (any({"priority"})) {
    return ChangeKind::priority_changed;
  }
  if (any({"scheduler", "delay_ms", "due_in_ms"})) {
    return ChangeKind::schedule_changed;
  }
  return any({"refs"}) ? ChangeKind::flow_changed : ChangeKind::changed;
}

ChangeKind record_change_kind(const FieldCollector& fields, const model::Record& before, const model::Record& after) {
  if (after.section == model::Section::config) {
    return touches_any(fields, k_schedule) ? ChangeKind::schedule_changed : ChangeKind::changed;
  }
  if (after.section != model::Section::queues) {
    return ChangeKind::changed;
  }
  if (fields.touched("paused") && is_paused(before) != is_paused(after)) {
    return is_paused(after) ? ChangeKind::paused : ChangeKind::resumed;
  }
  return sets_limit(fields) ? ChangeKind::limit_changed : ChangeKind::changed;
}

}  // namespace qsnap::diff
