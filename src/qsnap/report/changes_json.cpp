// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <qsnap/report/changes_json.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string_view consistency_word(model::Consistency consistency) {
  return consistency == model::Consistency::none ? "none" : "point-in-time";
}

void write_place(JsonWriter& json, std::string_view member, const std::optional<diff::Place>& place) {
  if (!place) {
    return;
  }
  json.key(member).begin_object().key("queue").bytes(queue_text(place->queue));
  if (!place->state.empty()) {
    json.key("state").bytes(place->state);
  }
  json.end_object();
}

void write_fields(JsonWriter& json, const std::vector<diff::FieldChange>& fields) {
  json.key("fields").begin_array();
  for (const diff::FieldChange& field : fields) {
    json.begin_object().key("path").bytes(field.path);
    if (field.before) {
      json.key("before").raw(*field.before);
    }
    if (field.after) {
      json.key("after").raw(*field.after);
    }
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

void write_change(JsonWriter& json, const diff::Change& change) {
  json.begin_object();
  json.key("kind").bytes(diff::to_text(change.kind));
  json.key("subject").bytes(diff::to_text(change.subject));
  json.key("id").bytes(change.id);
  json.key("name").bytes(change.name);
  write_place(json, "from", change.before);
  write_place(json, "to", change.after);
  write_fields(json, change.fields);
  json.end_object();
}

void write_changes(JsonWriter& json, const diff::Changes& changes, const Sides& sides) {
  json.key("before").bytes(sides.before);
  json.key("after").bytes(sides.after);
  json.key("before_consistency").bytes(consistency_word(sides.before_consistency));
  json.key("after_consistency").bytes(consistency_word(sides.after_consistency));
  write_capture(json, sides.capture);
  json.key("equal").boolean(changes.empty());
  json.key("changes").begin_array();
  for (const diff::Change& change : changes.list) {
    write_change(json, change);
  }
  json.end_array();
  write_queues(json, changes.queues);
  write_rules(json, changes);
  if (!sides.notes.empty()) {
    write_texts(json, "notes", sides.notes);
  }
}

std::string changes_json(const diff::Changes& changes, const Sides& sides) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.diff/1");
  write_changes(json, changes, sides);
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
