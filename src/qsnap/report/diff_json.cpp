// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <qsnap/report/changes_json.hpp>
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_json.hpp>
#include <qsnap/report/json_parts.hpp>

namespace qsnap::report {

namespace {

std::string_view to_text(SnapshotStatus status) {
  switch (status) {
    case SnapshotStatus::compared:
      return "compared";
    case SnapshotStatus::added:
      return "added";
    case SnapshotStatus::removed:
      return "removed";
    case SnapshotStatus::unreadable:
      return "unreadable";
    case SnapshotStatus::broken:
      return "broken";
  }
  return "unreadable";
}

/// "name" to "trouble": which snapshot it is, and what became of it.
void write_identity(JsonWriter& json, const SnapshotDiff& diff) {
  json.key("name").bytes(diff.name);
  json.key("file").bytes(diff.file);
  json.key("status").bytes(to_text(diff.status));
  if (diff.has_trouble()) {
    json.key("trouble").bytes(diff.trouble);
  }
}

Result<void> write_diff_set(const DiffReport& report, const Output& out) {
  JsonStream stream{out};
  JsonWriter& json = stream.json();
  json.begin_object().key("schema").bytes("qsnap.diff-set/1");
  json.key("range").bytes(report.range);
  json.key("equal").boolean(report.is_equal());
  json.key("unchanged").integer(number(report.unchanged));
  json.key("snapshots").begin_array();
  for (const SnapshotDiff& diff : report.snapshots) {
    json.begin_object();
    write_identity(json, diff);
    QSNAP_TRY(write_snapshot_members(stream, diff));
    json.end_object();
    QSNAP_TRY(stream.cut());
  }
  json.end_array();
  write_texts(json, "unmatched_rules", report.unmatched_rules).end_object();
  return stream.end_line();
}

JsonWriter& begin_line(JsonStream& stream, std::string_view type) {
  return stream.json().begin_object().key("schema").bytes("qsnap.diff-line/1").key("type").bytes(type);
}

Result<void> write_snapshot_lines(JsonStream& stream, const SnapshotDiff& diff) {
  JsonWriter& json = begin_line(stream, "snapshot");
  write_identity(json, diff);
  write_sides(json, diff);
  json.key("changes").integer(number(diff.changes.list.size()));
  write_counts_and_rules(json, diff);
  json.end_object();
  QSNAP_TRY(stream.end_line());
  for (const diff::Change& change : diff.changes.list) {
    begin_line(stream, "change").key("snapshot").bytes(diff.name);
    write_change_members(json, change);
    json.end_object();
    QSNAP_TRY(stream.end_line());
  }
  for (const diff::IgnoredDifference& ignored : diff.changes.ignored_list) {
    begin_line(stream, "ignored").key("snapshot").bytes(diff.name);
    write_ignored_members(json, ignored);
    json.end_object();
    QSNAP_TRY(stream.end_line());
  }
  return {};
}

}  // namespace

Result<void> write_snapshot_members(JsonStream& stream, const SnapshotDiff& diff) {
  JsonWriter& json = stream.json();
  write_sides(json, diff);
  json.key("changes").begin_array();
  for (const diff::Change& change : diff.changes.list) {
    write_change(json, change);
    QSNAP_TRY(stream.cut());
  }
  json.end_array();
  write_counts_and_rules(json, diff);
  if (!diff.changes.ignored_list.empty()) {
    json.key("shown_ignored").begin_array();
    for (const diff::IgnoredDifference& ignored : diff.changes.ignored_list) {
      json.begin_object();
      write_ignored_members(json, ignored);
      json.end_object();
      QSNAP_TRY(stream.cut());
    }
    json.end_array();
  }
  return {};
}

Result<void> write_json(const DiffReport& report, const Output& out) {
  if (report.is_set()) {
    return write_diff_set(report, out);
  }
  JsonStream stream{out};
  stream.json().begin_object().key("schema").bytes("qsnap.diff/1");
  QSNAP_TRY(write_snapshot_members(stream, report.snapshots.front()));
  stream.json().end_object();
  return stream.end_line();
}

Result<void> write_ndjson(const DiffReport& report, const Output& out) {
  JsonStream stream{out};
  std::uint64_t changes = 0;
  for (const SnapshotDiff& diff : report.snapshots) {
    QSNAP_TRY(write_snapshot_lines(stream, diff));
    changes += diff.changes.list.size();
  }
  JsonWriter& json = begin_line(stream, "end");
  json.key("range").bytes(report.range).key("equal").boolean(report.is_equal());
  json.key("snapshots").integer(number(report.snapshots.size())).key("unchanged").integer(number(report.unchanged));
  json.key("changes").integer(number(changes));
  write_texts(json, "unmatched_rules", report.unmatched_rules).end_object();
  return stream.end_line();
}

}  // namespace qsnap::report
