// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/github_command.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/upkeep_report.hpp>

namespace qsnap::report {

namespace {

std::string summary(const CiVerifyView& view) {
  return fmt::format("{} in {}: {}", quantity(view.snapshots, "snapshot"), escape_terminal(view.revision),
                     view.findings.empty() ? "ok" : quantity(view.findings.size(), "finding"));
}

}  // namespace

std::string renormalize_text(const RenormalizeView& view, const Style& style) {
  if (view.snapshots.empty()) {
    return "every snapshot in the index has the form that Git shall keep\n";
  }
  std::string text;
  for (const RenormalizedSnapshot& snapshot : view.snapshots) {
    text += fmt::format("  {} ({} packed)\n", escape_terminal(snapshot.path), byte_size(snapshot.packed_bytes));
  }
  const std::string count = quantity(view.snapshots.size(), "snapshot");
  if (!view.written) {
    text += fmt::format("{} would be stored in the index so that Git can compare versions\n", count);
  } else {
    text += fmt::format("{} {}; nothing in the work tree was changed\n", style.paint(Tone::good, "staged"), count);
    text += "commit it: git commit -m \"Keep snapshots in the form that Git can compare\"\n";
  }
  if (!view.has_filter) {
    text +=
        style.paint(Tone::warn, "without the filter these files look modified in the work tree: git qsnap install") +
        "\n";
  }
  return text;
}

std::string renormalize_json(const RenormalizeView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.renormalize/1").key("snapshots").begin_array();
  for (const RenormalizedSnapshot& snapshot : view.snapshots) {
    json.begin_object().key("path").bytes(snapshot.path);
    json.key("packed_bytes").integer(number(snapshot.packed_bytes));
    json.key("stored_bytes").integer(number(snapshot.stored_bytes)).end_object();
  }
  json.end_array().key("written").boolean(view.written).key("has_filter").boolean(view.has_filter).end_object();
  return harmless_json(json.text());
}

std::string ci_verify_text(const CiVerifyView& view, const Style& style) {
  std::string text;
  for (const CiFinding& finding : view.findings) {
    text += fmt::format("{}{}{}\n", escape_terminal(finding.path), finding.path.empty() ? "" : ": ",
                        escape_terminal(finding.what));
    text += finding.hint.empty() ? "" : fmt::format("  {}\n", style.paint(Tone::faint, escape_terminal(finding.hint)));
  }
  return text + style.paint(view.findings.empty() ? Tone::good : Tone::bad, summary(view)) + "\n";
}

std::string ci_verify_json(const CiVerifyView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.ci-verify/1").key("revision").bytes(view.revision);
  if (!view.base.empty()) {
    json.key("base").bytes(view.base);
  }
  json.key("snapshots").integer(number(view.snapshots)).key("findings").begin_array();
  for (const CiFinding& finding : view.findings) {
    json.begin_object().key("path").bytes(finding.path).key("what").bytes(finding.what);
    json.key("hint").bytes(finding.hint).end_object();
  }
  json.end_array().key("ok").boolean(view.findings.empty()).end_object();
  return harmless_json(json.text());
}

std::string ci_verify_github(const CiVerifyView& view) {
  std::string text;
  for (const CiFinding& finding : view.findings) {
    const std::string hint = finding.hint.empty() ? "" : fmt::format(" ({})", escape_terminal(finding.hint));
    const std::string file = escape_command(escape_terminal(finding.path), CommandPart::property);
    text += fmt::format("::error {}title=git qsnap::{}\n", file.empty() ? "" : fmt::format("file={},", file),
                        escape_command(escape_terminal(finding.what) + hint, CommandPart::message));
  }
  return text + summary(view) + "\n";
}

}  // namespace qsnap::report
