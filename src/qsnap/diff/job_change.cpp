// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/change_kind.hpp>
#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/record_text.hpp>
#include <qsnap/diff/wait.hpp>

namespace qsnap::diff {

namespace {

constexpr std::array<std::string_view, 2> k_place_members = {"queue", "state"};

/// Those within the tolerance were counted when the pair was made, unless they are listed, which takes the records.
void add_duration(FieldCollector& fields, RuleBook& rules, const RuleBook::Applicable& applicable,
                  const model::Record& before, const model::Record& after) {
  const auto captured = rules.waits_since();
  const auto old_wait = wait_of(before, captured ? std::optional{captured->before} : std::nullopt);
  const auto new_wait = wait_of(after, captured ? std::optional{captured->after} : std::nullopt);
  const WaitVerdict verdict = rules.compare_waits(old_wait, new_wait);
  if (verdict == WaitVerdict::same) {
    return;
  }
  FieldChange change{".due_in_ms", fmt::format("{}", old_wait->ms), fmt::format("{}", new_wait->ms)};
  if (verdict == WaitVerdict::differ) {
    fields.add("due_in_ms", std::move(change));
  } else if (rules.is_listing()) {
    rules.leave_out(applicable, k_ignored_duration, std::move(change));
  }
}

/// References are spelt in "refs"; the ids that they go by are noise unless they lead elsewhere.
void add_references(FieldCollector& fields, const model::Record& before, const model::Record& after,
                    ReferenceFinding finding) {
  const auto old_ids = before.volatiles.find("ref_ids"), new_ids = after.volatiles.find("ref_ids");
  if (finding == ReferenceFinding::rewired) {
    fields.add("refs", {".refs.ids", std::string{old_ids.value_or("[]")}, std::string{new_ids.value_or("[]")}});
  }
  if (fields.touched("refs")) {
    if (before.fields.find("refs") != after.fields.find("refs")) {
      fields.add_encoded("refs", before.fields.find("refs"), after.fields.find("refs"));
    }
    fields.add_encoded("volatile.ref_ids", old_ids, new_ids);  // also equal ones: they lead elsewhere
  }
}

/// A move that a rule leaves out (jobs.state) is none, but what else changed still counts.
bool moved(RuleBook& rules, const RuleBook::Applicable& applicable, const Place& before, const Place& after) {
  const auto differs = [&](std::string_view path, const std::string& from, const std::string& to) {
    return from != to && !rules.drops(applicable, {std::string{path}, json_string(from), json_string(to)});
  };
  const bool queue = differs(".queue", before.queue, after.queue);
  const bool state = differs(".state", before.state, after.state);
  return queue || state;
}

/// A job that stands elsewhere in a queue whose order is free is counted, and no change.
bool reordered(RuleBook& rules, const RuleBook::Applicable& applicable, const Place& place, OrderFinding order) {
  const bool is_free = rules.ordering(place) == Ordering::free;
  if (order == OrderFinding::reordered && is_free) {
    rules.leave_out_reordered(applicable, place);
  }
  return order == OrderFinding::reordered && !is_free;
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
                                         const model::Record* after, JobFindings findings) {
  RuleBook& rules = comparison.rules;
  const RuleBook::Applicable applicable = rules.applicable(after != nullptr ? *after : *before);
  FieldCollector fields{comparison.payloads, rules, applicable, comparison.options.listing};
  if (findings.meaning == MeaningFinding::same) {
    add_duration(fields, rules, applicable, *before, *after);
    rules.leave_out_volatiles(applicable, *before, *after);
    return std::optional<Change>{};
  }
  if (rules.drops(applicable, "")) {
    return std::optional<Change>{};
  }
  Change change = headline(comparison, before, after);
  if (before == nullptr || after == nullptr) {
    change.kind = before == nullptr ? ChangeKind::added : ChangeKind::removed;
    if (comparison.options.listing == Listing::complete) {
      change.record = record_text(before == nullptr ? *after : *before);
    }
    return std::optional{std::move(change)};
  }
  QSNAP_TRY(fields.compare_all(*before, *after, k_place_members));
  add_duration(fields, rules, applicable, *before, *after);
  add_references(fields, *before, *after, findings.references);
  const bool is_reordered = reordered(rules, applicable, *change.after, findings.order);
  if (moved(rules, applicable, *change.before, *change.after)) {
    change.kind = ChangeKind::moved;
  } else if (!fields.empty()) {
    change.kind = job_change_kind(fields, *before, *after);
  } else if (is_reordered) {
    change.kind = ChangeKind::reordered;
  } else {
    return std::optional<Change>{};
  }
  change.fields = fields.take();
  change.encoded = fields.take_encoded();
  return std::optional{std::move(change)};
}

}  // namespace qsnap::diff
