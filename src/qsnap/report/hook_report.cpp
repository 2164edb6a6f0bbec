// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/hook_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

bool is_refused(const HookFinding& finding) {
  return finding.weight == HookFinding::Weight::refused;
}

std::string_view to_text(HookFinding::Kind kind) {
  switch (kind) {
    case HookFinding::Kind::conflicts:
      return "conflicts";
    case HookFinding::Kind::broken:
      return "broken";
    case HookFinding::Kind::secret:
      return "secret";
    case HookFinding::Kind::size:
      return "size";
    case HookFinding::Kind::unfiltered:
      return "unfiltered";
  }
  return "broken";
}

std::string_view to_text(HookChange::Kind kind) {
  switch (kind) {
    case HookChange::Kind::added:
      return "added";
    case HookChange::Kind::removed:
      return "removed";
    case HookChange::Kind::changed:
      break;
  }
  return "changed";
}

/// What Git was about to do.
std::string_view act_of(std::string_view hook) {
  return hook == "pre-push" ? "push" : hook == "pre-merge-commit" ? "merge" : "commit";
}

std::string finding_line(const HookFinding& finding, const Style& style) {
  const std::string sign = is_refused(finding) ? style.paint(Tone::bad, "refused") : style.paint(Tone::warn, "warning");
  const std::string where = finding.where.empty() ? std::string{} : escape_terminal(finding.where) + ": ";
  return fmt::format("  {}: {}: {}{}\n", sign, escape_terminal(finding.file), where, escape_terminal(finding.what));
}

/// One line, however many they are.
std::string changes_line(const std::vector<HookChange>& changes) {
  constexpr std::size_t k_most_names = 5;
  std::vector<std::string> names;
  for (const HookChange& change : changes) {
    if (names.size() == k_most_names) {
      names.push_back(fmt::format("and {} more", changes.size() - k_most_names));
      break;
    }
    const bool says_how = change.kind != HookChange::Kind::changed;
    names.push_back(escape_terminal(change.name) + (says_how ? fmt::format(" ({})", to_text(change.kind)) : ""));
  }
  return fmt::format("git-qsnap: {} changed: {}\n", quantity(changes.size(), "snapshot"), fmt::join(names, ", "));
}

void write_findings(JsonWriter& json, const std::vector<HookFinding>& findings) {
  json.key("findings").begin_array();
  for (const HookFinding& finding : findings) {
    json.begin_object().key("kind").bytes(to_text(finding.kind));
    json.key("weight").bytes(is_refused(finding) ? "refused" : "warning").key("file").bytes(finding.file);
    json.key("where").bytes(finding.where).key("what").bytes(finding.what).end_object();
  }
  json.end_array();
}

}  // namespace

bool HookView::refused() const {
  return std::any_of(findings.begin(), findings.end(), is_refused);
}

std::string hook_text(const HookView& view, const Style& style) {
  std::string text;
  if (!view.findings.empty()) {
    text += view.refused() ? fmt::format("git-qsnap: this {} is refused\n", act_of(view.hook))
                           : "git-qsnap: about the snapshots:\n";
  }
  for (const HookFinding& finding : view.findings) {
    text += finding_line(finding, style);
  }
  for (const std::string& note : view.notes) {
    text += fmt::format("git-qsnap: {}\n", escape_terminal(note));
  }
  for (const std::string& step : view.advice) {
    text += fmt::format("  {}: {}\n", style.paint(Tone::accent, "hint"), escape_terminal(step));
  }
  return text + (view.changes.empty() ? std::string{} : changes_line(view.changes));
}

std::string hook_json(const HookView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.hook/1").key("hook").bytes(view.hook);
  json.key("ok").boolean(!view.refused()).key("checked").integer(number(view.checked));
  write_findings(json, view.findings);
  json.key("changes").begin_array();
  for (const HookChange& change : view.changes) {
    json.begin_object().key("name").bytes(change.name).key("change").bytes(to_text(change.kind)).end_object();
  }
  json.end_array();
  write_texts(json, "summary", view.summary);
  write_texts(json, "notes", view.notes);
  write_texts(json, "advice", view.advice);
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
