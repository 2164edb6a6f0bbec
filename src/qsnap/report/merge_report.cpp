// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/merge_report.hpp>

namespace qsnap::report {

namespace {

using model::Conflict;

/// "moved: job 7 (send) in bullmq:bull:mail, .state"
std::string conflict_line(const Conflict& conflict, const Style& style) {
  std::string what = escape_terminal(conflict.subject);
  if (!conflict.id.empty()) {
    what += fmt::format(" {}", escape_terminal(conflict.id));
  }
  if (!conflict.name.empty()) {
    what += fmt::format(" ({})", escape_terminal(conflict.name));
  }
  if (!conflict.queue.empty()) {
    what += fmt::format(" in {}", escape_terminal(conflict.queue));
  }
  if (!conflict.path.empty()) {
    what += fmt::format(", {}", escape_terminal(conflict.path));
  }
  return fmt::format("  {}: {}\n", style.paint(Tone::bad, to_text(conflict.kind)), what);
}

void write_value(JsonWriter& json, std::string_view key, const std::optional<std::string>& value) {
  if (value) {
    json.key(key).raw(*value);
  }
}

void write_conflict(JsonWriter& json, const Conflict& conflict) {
  json.begin_object().key("kind").bytes(to_text(conflict.kind)).key("subject").bytes(conflict.subject);
  json.key("queue").bytes(conflict.queue).key("state").bytes(conflict.state).key("id").bytes(conflict.id);
  json.key("name").bytes(conflict.name).key("path").bytes(conflict.path);
  write_value(json, "base", conflict.base);
  write_value(json, "ours", conflict.ours);
  write_value(json, "theirs", conflict.theirs);
  json.end_object();
}

}  // namespace

std::string merge_files_text(const MergeFilesView& view, const Style& style) {
  std::string text;
  for (const Conflict& conflict : view.conflicts) {
    text += conflict_line(conflict, style);
  }
  for (const auto& [rule, times] : view.decisions) {
    text += style.paint(Tone::faint, fmt::format("  {}: {}", escape_terminal(rule), times)) + '\n';
  }
  const std::string verdict = view.conflicts.empty()
                                  ? style.paint(Tone::good, "merged")
                                  : style.paint(Tone::bad, quantity(view.conflicts.size(), "conflict"));
  return text + fmt::format("{}: {}\n", escape_terminal(view.output), verdict);
}

std::string merge_files_json(const MergeFilesView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.merge-files/1").key("output").bytes(view.output);
  json.key("merged").boolean(view.conflicts.empty()).key("decisions").begin_object();
  for (const auto& [rule, times] : view.decisions) {
    json.key(rule).integer(static_cast<std::int64_t>(times));
  }
  json.end_object().key("conflicts").begin_array();
  for (const Conflict& conflict : view.conflicts) {
    write_conflict(json, conflict);
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
