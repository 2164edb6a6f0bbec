// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::diff {

namespace {

constexpr std::array<std::string_view, 2> k_place_members = {"queue", "state"};

std::int64_t retry_count(const model::Record& record) {
  const auto json = record.fields.find("retry_count");
  return json ? parse_integer(*json).value_or(0) : 0;
}

/// The durations were compared under tolerance when the pair was made; here they are only told.
void add_duration(FieldCollector& fields, const RuleBook& rules, const model::Record& before,
                  const model::Record& after) {
  const auto old_duration = model::implied_duration(before), new_duration = model::implied_duration(after);
  if (old_duration && new_duration && !rules.durations_agree(*old_duration, *new_duration)) {
    fields.add("due_in_ms", {".due_in_ms", fmt::format("{}", *old_duration), fmt::format("{}", *new_duration)});
  }
}

/// A move that a rule leaves out (jobs.state) is none, but what else changed still counts.
bool moved(RuleBook& rules, const RuleBook::Applicable& applicable, const Place& before, const Place& after) {
  const bool queue = before.queue != after.queue && !rules.drops(applicable, ".queue");
  const bool state = before.state != after.state && !rules.drops(applicable, ".state");
  return queue || state;
}

ChangeKind kind_by_fields(const FieldCollector& fields, const model::Record& before, const model::Record& after) {
  const auto any = [&](std::initializer_list<std::string_view> members) {
    return std::any_of(members.begin(), members.end(), [&](std::string_view member) { return fields.touched(member); });
  };
  if (any({"retry_count"}) && retry_count(after) > retry_count(before)) {
    return ChangeKind::retried;
  }
  if (any({"error", "error_class"})) {
    return ChangeKind::error_changed;
  }
  if (any({"payload", "enc"})) {
    return ChangeKind::payload_changed;
  }
  if (any({"scheduler", "delay_ms", "due_in_ms"})) {
    return ChangeKind::schedule_changed;
  }
  return ChangeKind::changed;
}

/// Who the change is about: everything but kind and fields.
Change headline(const Comparison& comparison, const model::Record* before, const model::Record* after) {
  const model::Record& shown = after != nullptr ? *after : *before;
  Change change;
  change.subject = Subject::job;
  change.id = plain_member(shown, "id", comparison.payloads);
  change.name = plain_member(shown, "name", comparison.payloads);
  if (before != nullptr) {
    change.before = place_of(*before, comparison.payloads);
  }
  if (after != nullptr) {
    change.after = place_of(*after, comparison.payloads);
  }
  return change;
}

}  // namespace

Result<std::optional<Change>> job_change(const Comparison& comparison, const model::Record* before,
                                         const model::Record* after, OrderFinding order) {
  RuleBook& rules = comparison.rules;
  const RuleBook::Applicable applicable = rules.applicable(after != nullptr ? *after : *before);
  if (rules.drops(applicable, "")) {
    return std::optional<Change>{};
  }
  Change change = headline(comparison, before, after);
  if (before == nullptr || after == nullptr) {
    change.kind = before == nullptr ? ChangeKind::added : ChangeKind::removed;
    return std::optional{std::move(change)};
  }
  FieldCollector fields{comparison.payloads, rules, applicable};
  QSNAP_TRY(fields.compare_all(*before, *after, k_place_members));
  add_duration(fields, rules, *before, *after);
  if (moved(rules, applicable, *change.before, *change.after)) {
    change.kind = ChangeKind::moved;
  } else if (!fields.empty()) {
    change.kind = kind_by_fields(fields, *before, *after);
  } else if (order == OrderFinding::reordered) {
    change.kind = ChangeKind::reordered;
  } else {
    return std::optional<Change>{};
  }
  change.fields = fields.take();
  return std::optional{std::move(change)};
}

}  // namespace qsnap::diff
