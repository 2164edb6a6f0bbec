// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/setup_report.hpp>

namespace qsnap::report {

namespace {

constexpr int k_action_width = 9;

std::string_view word(SetupAction action) {
  switch (action) {
    case SetupAction::written:
      return "written";
    case SetupAction::upgraded:
      return "upgraded";
    case SetupAction::chained:
      return "chained";
    case SetupAction::kept:
      return "kept";
    case SetupAction::edited:
      return "edited";
    case SetupAction::refused:
      return "refused";
    case SetupAction::removed:
      return "removed";
    case SetupAction::absent:
      return "absent";
  }
  return "kept";
}

std::string_view word(CheckState state) {
  switch (state) {
    case CheckState::good:
      return "ok";
    case CheckState::note:
      return "note";
    case CheckState::bad:
      return "not ok";
  }
  return "not ok";
}

Tone tone(SetupAction action) {
  const bool stopped = action == SetupAction::edited || action == SetupAction::refused;
  const bool idle = action == SetupAction::kept || action == SetupAction::absent;
  return stopped ? Tone::warn : idle ? Tone::faint : Tone::good;
}

Tone tone(CheckState state) {
  return state == CheckState::good ? Tone::good : state == CheckState::note ? Tone::warn : Tone::bad;
}

std::string step_line(const SetupStep& step, std::string_view kind, const Style& style) {
  std::string line =
      fmt::format("  {} {}{}", style.paint(tone(step.action), pad_right(word(step.action), k_action_width)), kind,
                  escape_terminal(step.what));
  line += step.words.empty() ? "" : fmt::format(": {}", escape_terminal(step.words));
  return line + "\n";
}

std::string step_lines(const SetupView& view, const Style& style) {
  std::string text;
  for (const SetupStep& step : view.files) {
    text += step_line(step, "", style);
  }
  for (const SetupStep& step : view.hooks) {
    text += step_line(step, "hook ", style);
  }
  for (const std::string& note : view.notes) {
    text += fmt::format("{}\n", escape_terminal(note));
  }
  return text;
}

bool any_of(const SetupView& view, std::initializer_list<SetupAction> actions) {
  const auto has = [&](const SetupStep& step) {
    return std::find(actions.begin(), actions.end(), step.action) != actions.end();
  };
  return std::any_of(view.files.begin(), view.files.end(), has) ||
         std::any_of(view.hooks.begin(), view.hooks.end(), has);
}

std::string scope_words(std::string_view scope) {
  if (scope == "global") {
    return "for this user";
  }
  if (scope == "system") {
    return "for this machine";
  }
  return scope == "worktree" ? "for this work tree" : "for this repository";
}

void write_steps(JsonWriter& json, const std::vector<SetupStep>& steps, std::string_view name) {
  json.begin_array();
  for (const SetupStep& step : steps) {
    json.begin_object().key(name).bytes(step.what).key("action").bytes(word(step.action));
    json.key("words").bytes(step.words).end_object();
  }
  json.end_array();
}

std::string setup_json(const SetupView& view, std::string_view schema) {
  JsonWriter json;
  json.begin_object().key("schema").bytes(schema).key("scope").bytes(view.scope).key("done").boolean(view.done);
  json.key("files");
  write_steps(json, view.files, "path");
  json.key("hooks");
  write_steps(json, view.hooks, "hook");
  write_texts(json, "notes", view.notes).key("ok").boolean(view.ok).end_object();
  return harmless_json(json.text());
}

void write_checks(JsonWriter& json, const std::vector<SetupCheck>& checks) {
  json.begin_array();
  for (const SetupCheck& check : checks) {
    json.begin_object().key("id").bytes(check.id).key("state");
    json.bytes(check.state == CheckState::bad ? "bad" : word(check.state));
    json.key("what").bytes(check.what).key("remedy").bytes(check.remedy).end_object();
  }
  json.end_array();
}

/// The members that status and doctor share.
void write_status(JsonWriter& json, const StatusView& view) {
  write_texts(json, "scopes", view.scopes).key("tracked").begin_object();
  json.key("stored").integer(number(view.tracked.stored)).key("packed").integer(number(view.tracked.packed));
  json.key("pointers").integer(number(view.tracked.pointers)).key("broken").integer(number(view.tracked.broken));
  json.key("conflicted").integer(number(view.tracked.conflicted)).end_object().key("hooks");
  write_steps(json, view.hooks, "hook");
  json.key("checks");
  write_checks(json, view.checks);
}

std::string check_line(const SetupCheck& check, const Style& style) {
  constexpr int k_state_width = 6;
  std::string text =
      fmt::format("  {} {}\n", style.paint(tone(check.state), pad_right(word(check.state), k_state_width)),
                  escape_terminal(check.what));
  if (!check.remedy.empty()) {
    text += fmt::format("  {} {}\n", pad_right("", k_state_width),
                        style.paint(Tone::strong, escape_terminal(check.remedy)));
  }
  return text;
}

bool none_bad(const std::vector<SetupCheck>& checks) {
  return std::none_of(checks.begin(), checks.end(),
                      [](const SetupCheck& check) { return check.state == CheckState::bad; });
}

std::string tracked_line(const TrackedCounts& tracked) {
  if (tracked.all() == 0) {
    return "tracked: no snapshots yet\n";
  }
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) {
      parts.push_back(fmt::format("{} {}", count, what));
    }
  };
  add(tracked.stored, "stored");
  add(tracked.packed, "packed");
  add(tracked.pointers, "in LFS");
  add(tracked.broken, "broken");
  add(tracked.conflicted, "with conflicts");
  return fmt::format("tracked: {} ({})\n", quantity(tracked.all(), "snapshot"), fmt::join(parts, ", "));
}

std::string hooks_line(const std::vector<SetupStep>& hooks) {
  std::vector<std::string> ours;
  for (const SetupStep& hook : hooks) {
    if (hook.action == SetupAction::kept) {
      ours.push_back(escape_terminal(hook.what));
    }
  }
  return fmt::format("hooks: {}\n", ours.empty() ? "none" : fmt::format("{}", fmt::join(ours, ", ")));
}

std::string head_lines(const StatusView& view, const Style& style) {
  std::string text =
      view.scopes.empty()
          ? fmt::format("{}: Git is not set up for snapshots here\n", style.paint(Tone::warn, "not installed"))
          : fmt::format("{} ({})\n", style.paint(Tone::good, "installed"), fmt::join(view.scopes, ", "));
  return text + tracked_line(view.tracked) + hooks_line(view.hooks);
}

/// Those that somebody has to do something about, or all of them.
enum class Show { all, worth_a_word };

std::string check_lines(const std::vector<SetupCheck>& checks, Show show, const Style& style) {
  std::string text;
  for (const SetupCheck& check : checks) {
    if (show == Show::all || check.state != CheckState::good) {
      text += check_line(check, style);
    }
  }
  return text;
}

}  // namespace

bool StatusView::ok() const {
  return none_bad(checks);
}

bool DoctorView::ok() const {
  return status.ok() && none_bad(probe);
}

std::string install_text(const SetupView& view, const Style& style) {
  const bool changed = any_of(view, {SetupAction::written, SetupAction::upgraded, SetupAction::chained});
  const std::string_view head = !changed ? "was installed already" : view.done ? "installed" : "would be installed";
  return fmt::format("{} {}\n{}", style.paint(Tone::strong, head), scope_words(view.scope), step_lines(view, style));
}

std::string install_json(const SetupView& view) {
  return setup_json(view, "qsnap.install/1");
}

std::string install_print(const SetupView& view) {
  std::string text;
  for (const SetupStep& step : view.files) {
    text += fmt::format("{}# {}\n{}", text.empty() ? "" : "\n", escape_terminal(step.what), step.text);
  }
  return text;
}

std::string uninstall_text(const SetupView& view, const Style& style) {
  SetupView shown = view;
  const auto idle = [](const SetupStep& step) { return step.action == SetupAction::absent; };
  std::erase_if(shown.files, idle);
  std::erase_if(shown.hooks, idle);
  const bool changed = !shown.files.empty() || any_of(shown, {SetupAction::removed});
  const std::string_view head = !changed ? "nothing was installed" : view.done ? "removed" : "would be removed";
  return fmt::format("{} {}\n{}", style.paint(Tone::strong, head), scope_words(view.scope), step_lines(shown, style));
}

std::string uninstall_json(const SetupView& view) {
  return setup_json(view, "qsnap.uninstall/1");
}

std::string status_text(const StatusView& view, const Style& style) {
  return head_lines(view, style) + check_lines(view.checks, Show::worth_a_word, style);
}

std::string status_json(const StatusView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.status/1");
  write_status(json, view);
  json.key("ok").boolean(view.ok()).end_object();
  return harmless_json(json.text());
}

std::string doctor_text(const DoctorView& view, const Style& style) {
  std::string text;
  for (const std::string& mended : view.mended) {
    text += fmt::format("{} {}\n", style.paint(Tone::good, "mended:"), escape_terminal(mended));
  }
  text += head_lines(view.status, style) + check_lines(view.status.checks, Show::all, style);
  for (const SetupStep& hook : view.status.hooks) {
    text += hook.words.empty() ? "" : step_line(hook, "hook ", style);
  }
  if (!view.probe.empty()) {
    text += "tried in a scratch repository:\n" + check_lines(view.probe, Show::all, style);
  }
  return text;
}

std::string doctor_json(const DoctorView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.doctor/1");
  write_status(json, view.status);
  json.key("probe");
  write_checks(json, view.probe);
  write_texts(json, "mended", view.mended).key("ok").boolean(view.ok()).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
