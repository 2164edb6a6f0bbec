// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/run_report.hpp>

namespace qsnap::report {

namespace {

std::string command_text(const RunView& view, const Style& style) {
  const std::string program = style.paint(Tone::strong, escape_terminal(view.program));
  if (!view.not_started.empty()) {
    return fmt::format("{}: {}\n", style.paint(Tone::bad, "not run"), escape_terminal(view.not_started));
  }
  if (view.signal) {
    return fmt::format("{} {}\n", program, style.paint(Tone::bad, fmt::format("was ended by signal {}", *view.signal)));
  }
  return view.command_exit_code == 0
             ? std::string{}
             : fmt::format("{} {}\n", program,
                           style.paint(Tone::bad, fmt::format("ended with exit code {}", view.command_exit_code)));
}

/// "since baselines/rush-hour: 3 jobs added", and what they are.
std::string changes_text(const RunView& view, const FaceOptions& options) {
  const std::string since = view.baseline.empty() ? "in an empty Redis" : "since " + escape_terminal(view.baseline);
  if (view.changes->is_equal()) {
    return fmt::format("{}: no difference in meaning\n", since);
  }
  return fmt::format("{}: {}\n{}", since, summary_words(view.changes->changes),
                     short_diff_text(*view.changes, options));
}

/// A document as a member of another one.
Result<std::string> text_of(const std::function<Result<void>(const Output&)>& write) {
  std::string text;
  QSNAP_TRY(write([&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  }));
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

void write_command(JsonWriter& json, const RunView& view) {
  json.key("command").begin_object().key("program").bytes(view.program);
  json.key("exit_code").integer(view.command_exit_code).key("signal");
  view.signal ? json.integer(*view.signal) : json.null();
  json.key("not_started");
  view.not_started.empty() ? json.null() : json.bytes(view.not_started);
  json.end_object();
}

void write_loaded(JsonWriter& json, const RunView& view) {
  json.key("baseline");
  if (view.baseline.empty()) {
    json.null();
    return;
  }
  json.begin_object().key("name").bytes(view.baseline).key("keys").integer(number(view.loaded_keys));
  json.key("jobs").integer(number(view.loaded_jobs)).end_object();
}

}  // namespace

Result<std::string> run_text(const RunView& view, const FaceOptions& options) {
  std::string text = command_text(view, options.style);
  if (view.assertion) {
    QSNAP_ASSIGN(const std::string assertion,
                 text_of([&](const Output& out) { return write_assert_text(*view.assertion, options, out); }));
    text += assertion + "\n";
  }
  if (view.changes) {
    text += changes_text(view, options);
  }
  for (const std::string& note : view.notes) {
    text += fmt::format("{} {}\n", options.style.paint(Tone::faint, "note:"), escape_terminal(note));
  }
  return text;
}

std::string stopped_text(const RunView& view, const Style& style) {
  if (view.stopped == 0) {
    return {};
  }
  std::vector<std::string> names;
  for (const std::string& name : view.stopped_names) {
    names.push_back(escape_terminal(name));
  }
  if (view.stopped > names.size()) {
    names.push_back(fmt::format("{} more", view.stopped - names.size()));
  }
  std::string text =
      fmt::format("{} {} still running and {} stopped: {}\n", quantity(view.stopped, "process", "processes"),
                  view.stopped == 1 ? "was" : "were", view.stopped == 1 ? "was" : "were", fmt::join(names, ", "));
  if (view.immortal > 0) {
    text += fmt::format("{} {} could not be stopped\n", style.paint(Tone::bad, "warning:"),
                        quantity(view.immortal, "process", "processes"));
  }
  return text;
}

Result<std::string> run_json(const RunView& view, const FaceOptions& options) {
  std::string assertion = "null", changes = "null";
  if (view.assertion) {
    QSNAP_ASSIGN(assertion,
                 text_of([&](const Output& out) { return write_assert_json(*view.assertion, options, out); }));
  }
  if (view.changes) {
    DiffReport report;
    report.snapshots.push_back(*view.changes);
    QSNAP_ASSIGN(changes, text_of([&](const Output& out) { return write_json(report, out); }));
  }
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.run/1").key("ok").boolean(view.exit_code == 0);
  json.key("exit_code").integer(view.exit_code).key("run_id").bytes(view.run_id);
  write_command(json, view);
  json.key("interrupted").boolean(view.interrupted);
  write_loaded(json, view);
  json.key("assertion").raw(assertion).key("changes").raw(changes).key("error");
  view.trouble ? json.raw(error_json(*view.trouble)) : json.null();
  json.key("stopped").begin_object().key("count").integer(number(view.stopped));
  write_texts(json, "names", view.stopped_names).key("still_running").integer(number(view.immortal)).end_object();
  write_texts(json, "notes", view.notes).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
