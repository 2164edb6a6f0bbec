// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>

#include <qsnap/report/changes_json.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string_view consistency_word(model::Consistency consistency) {
  return consistency == model::Consistency::none ? "none" : "point-in-time";
}

void write_place_members(JsonWriter& json, const diff::Place& place) {
  json.key("queue").bytes(queue_text(place.queue));
  if (!place.state.empty()) {
    json.key("state").bytes(place.state);
  }
}

void write_place(JsonWriter& json, std::string_view member, const std::optional<diff::Place>& place,
                 const std::optional<std::uint64_t>& index) {
  if (!place) {
    return;
  }
  json.key(member).begin_object();
  write_place_members(json, *place);
  if (index) {
    json.key("index").integer(number(*index));
  }
  json.end_object();
}

void write_field_members(JsonWriter& json, const diff::FieldChange& field) {
  json.key("path").bytes(field.path);
  if (field.before) {
    json.key("before").raw(*field.before);
  }
  if (field.after) {
    json.key("after").raw(*field.after);
  }
}

void write_fields(JsonWriter& json, std::string_view member, const std::vector<diff::FieldChange>& fields) {
  json.key(member).begin_array();
  for (const diff::FieldChange& field : fields) {
    json.begin_object();
    write_field_members(json, field);
    json.end_object();
  }
  json.end_array();
}

void write_aliases(JsonWriter& json, const std::vector<diff::Alias>& aliases) {
  if (aliases.empty()) {
    return;
  }
  const auto write_job = [&](std::string_view member, std::string_view queue, std::string_view id) {
    json.key(member).begin_object();
    json.key("queue").bytes(queue).key("id").bytes(id).end_object();
  };
  json.key("aliases").begin_array();
  for (const diff::Alias& alias : aliases) {
    json.begin_object();
    write_job("from", alias.before_queue, alias.before_id);
    write_job("to", alias.after_queue, alias.after_id);
    json.end_object();
  }
  json.end_array();
}

void write_counts(JsonWriter& json, std::string_view member, const std::map<std::string, std::uint64_t>& counts) {
  json.key(member).begin_object();
  for (const auto& [state, count] : counts) {
    json.key(queue_text(state)).integer(number(count));
  }
  json.end_object();
}

void write_queues(JsonWriter& json, const std::map<std::string, diff::QueueCounts>& queues) {
  json.key("queues").begin_object();
  for (const auto& [queue, counts] : queues) {
    json.key(queue_text(queue)).begin_object();
    write_counts(json, "before", counts.before);
    write_counts(json, "after", counts.after);
    json.end_object();
  }
  json.end_object();
}

void write_rules(JsonWriter& json, const diff::Changes& changes) {
  json.key("ignored").begin_array();
  for (const diff::Ignored& ignored : changes.ignored) {
    json.begin_object().key("rule").bytes(ignored.rule);
    json.key("count").integer(number(ignored.count)).end_object();
  }
  json.end_array();
  write_texts(json, "unmatched_rules", changes.unmatched_rules);
}

}  // namespace

void write_change_members(JsonWriter& json, const diff::Change& change) {
  json.key("kind").bytes(diff::to_text(change.kind));
  json.key("subject").bytes(diff::to_text(change.subject));
  json.key("id").bytes(change.id);
  json.key("name").bytes(change.name);
  write_place(json, "from", change.before, change.before_index);
  write_place(json, "to", change.after, change.after_index);
  write_fields(json, "fields", change.fields);
  if (!change.record.empty()) {
    json.key("record").raw(change.record);
  }
  if (!change.encoded.empty()) {
    write_fields(json, "encoded", change.encoded);
  }
}

void write_change(JsonWriter& json, const diff::Change& change) {
  json.begin_object();
  write_change_members(json, change);
  json.end_object();
}

void write_sides(JsonWriter& json, const SnapshotDiff& diff) {
  json.key("before").bytes(diff.sides.before);
  json.key("after").bytes(diff.sides.after);
  json.key("before_consistency").bytes(consistency_word(diff.sides.before_consistency));
  json.key("after_consistency").bytes(consistency_word(diff.sides.after_consistency));
  write_capture(json, diff.sides.capture);
  json.key("equal").boolean(diff.is_equal());
}

void write_counts_and_rules(JsonWriter& json, const SnapshotDiff& diff) {
  write_aliases(json, diff.changes.aliases);
  write_queues(json, diff.changes.queues);
  write_rules(json, diff.changes);
  if (!diff.sides.notes.empty()) {
    write_texts(json, "notes", diff.sides.notes);
  }
}

void write_ignored_members(JsonWriter& json, const diff::IgnoredDifference& ignored) {
  json.key("rule").bytes(ignored.rule);
  json.key("subject").bytes(diff::to_text(ignored.subject));
  json.key("id").bytes(ignored.id);
  json.key("name").bytes(ignored.name);
  write_place_members(json, ignored.place);
  write_field_members(json, ignored.field);
}

}  // namespace qsnap::report
