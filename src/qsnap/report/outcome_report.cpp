// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/report/diff_json.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::report {

namespace {

std::string reason_text(std::string_view reason) {
  if (reason == "metadata-changed") {
    return "other description, tags, scope or consistency";
  }
  return escape_terminal(reason == "created" ? "new" : reason);
}

std::string finding_lines(std::span<const FindingView> findings) {
  std::string text;
  for (const FindingView& finding : findings) {
    text += fmt::format("  {}{}{}{}\n", escape_terminal(finding.where), finding.where.empty() ? "" : ": ",
                        finding.is_note ? "note: " : "", escape_terminal(finding.what));
  }
  return text;
}

void write_findings(JsonWriter& json, std::span<const FindingView> findings) {
  json.begin_array();
  for (const FindingView& finding : findings) {
    json.begin_object().key("where").bytes(finding.where).key("what").bytes(finding.what);
    if (finding.is_note) {
      json.key("note").boolean(true);
    }
    json.end_object();
  }
  json.end_array();
}

std::string state_words(const CheckedSnapshot& snapshot, const Style& style) {
  if (snapshot.fix && !snapshot.fix->steps.empty()) {
    const std::string_view done = snapshot.fix->written ? "fixed by" : "would be fixed by";
    return fmt::format("{} {}", style.paint(snapshot.sound() ? Tone::good : Tone::bad, done),
                       quantity(snapshot.fix->steps.size(), "step"));
  }
  const std::uint64_t faults = snapshot.faults();
  return faults == 0 ? style.paint(Tone::good, "sound") : style.paint(Tone::bad, quantity(faults, "finding"));
}

bool all_sound(std::span<const CheckedSnapshot> snapshots) {
  return std::all_of(snapshots.begin(), snapshots.end(),
                     [](const CheckedSnapshot& snapshot) { return snapshot.sound(); });
}

}  // namespace

std::string storage_words(const SaveView& view) {
  return view.in_lfs ? fmt::format(" (in Git LFS: {})", byte_size(view.file_bytes)) : std::string{};
}

std::string unwritten_text(const SaveView& view, const Style& style) {
  const std::string name = style.paint(Tone::strong, escape_terminal(view.name));
  if (view.reason == "inherited" && view.owner) {
    return fmt::format("{}: as in {}, so the set has none of its own any more\n", name,
                       escape_terminal(view.owner->set));
  }
  const bool inherited = view.owner && view.owner->kind == SetOwner::Kind::inherited;
  return fmt::format("{}: same meaning{}, kept the capture of {}\n", name,
                     inherited ? fmt::format(" as in {}", escape_terminal(view.owner->set)) : std::string{},
                     readable_instant(view.captured_at));
}

std::string save_text(const SaveView& view, const Style& style) {
  const std::string name = style.paint(Tone::strong, escape_terminal(view.name));
  if (!view.written) {
    return unwritten_text(view, style);
  }
  std::string text = fmt::format("{} {}: {} in {}, {} ({} before compression)\n", style.paint(Tone::good, "saved"),
                                 name, quantity(view.jobs, "job"), quantity(view.queues, "queue"),
                                 byte_size(view.file_bytes), byte_size(view.raw_bytes));
  if (!view.ref.empty()) {
    text += fmt::format("  in {}; to be committed is its index\n", escape_terminal(view.ref));
  }
  text += fmt::format("  {}{}\n", escape_terminal(view.path), storage_words(view));
  const std::string how =
      fmt::format("  {}; captured {} by {}, {}", reason_text(view.reason), readable_instant(view.captured_at),
                  escape_terminal(view.capture.mode), capture_words(view.capture));
  text += style.paint(Tone::faint, how) + "\n";
  for (const std::string& note : view.notes) {
    text += fmt::format("  {}\n", style.paint(Tone::warn, escape_terminal(note)));
  }
  return text;
}

std::string save_json(const SaveView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.save/1");
  json.key("name").bytes(view.name).key("path").bytes(view.path).key("written").boolean(view.written);
  json.key("reason").bytes(view.reason).key("captured_at").bytes(format_instant(view.captured_at));
  json.key("jobs").integer(number(view.jobs)).key("queues").integer(number(view.queues));
  json.key("bytes").integer(number(view.file_bytes)).key("raw_bytes").integer(number(view.raw_bytes));
  json.key("fingerprint").bytes(to_hex(view.fingerprint)).key("storage").bytes(view.in_lfs ? "lfs" : "git");
  write_owner(json, view.owner);
  if (!view.ref.empty()) {
    json.key("ref").bytes(view.ref);
  }
  write_capture_members(json, view.capture);
  write_texts(json, "notes", view.notes).end_object();
  return harmless_json(json.text());
}

std::string init_text(const InitView& view, const Style& style) {
  const std::string folder = style.paint(Tone::strong, escape_terminal(view.folder));
  if (view.created.empty()) {
    return fmt::format("{}: everything was there already\n", folder);
  }
  std::string text = fmt::format("{} {}\n", style.paint(Tone::good, "made"), folder);
  for (const std::string& path : view.created) {
    text += fmt::format("  {}\n", escape_terminal(path));
  }
  return text;
}

std::string init_json(const InitView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.init/1").key("folder").bytes(view.folder);
  write_texts(json, "created", view.created).end_object();
  return harmless_json(json.text());
}

std::uint64_t CheckedSnapshot::faults() const {
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(), [](const FindingView& finding) { return !finding.is_note; }));
}

std::string fsck_text(std::span<const CheckedSnapshot> snapshots, const Style& style) {
  std::string text;
  std::uint64_t findings = 0;
  bool proposed = false;
  for (const CheckedSnapshot& snapshot : snapshots) {
    text += fmt::format("{}: {}\n", escape_terminal(snapshot.name), state_words(snapshot, style));
    if (snapshot.fix) {
      text += finding_lines(snapshot.fix->steps);
      text += snapshot.findings.empty() ? "" : "what stays:\n";
      proposed = proposed || (!snapshot.fix->written && !snapshot.fix->steps.empty());
    }
    text += finding_lines(snapshot.findings);
    findings += snapshot.faults();
  }
  if (proposed) {
    return text + "nothing was written; to keep the fixed state under the same name, add --write\n";
  }
  return text + fmt::format("{} checked, {}\n", quantity(snapshots.size(), "snapshot"),
                            findings == 0 ? "all sound" : quantity(findings, "finding"));
}

std::string fsck_json(std::span<const CheckedSnapshot> snapshots) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.fsck/1").key("snapshots").begin_array();
  for (const CheckedSnapshot& snapshot : snapshots) {
    json.begin_object().key("name").bytes(snapshot.name).key("findings");
    write_findings(json, snapshot.findings);
    if (snapshot.fix) {
      json.key("fixes");
      write_findings(json, snapshot.fix->steps);
      json.key("written").boolean(snapshot.fix->written);
    }
    json.end_object();
  }
  json.end_array().key("ok").boolean(all_sound(snapshots)).end_object();
  return harmless_json(json.text());
}

std::string verify_verdict(const SnapshotDiff& diff, const Style& style) {
  const std::string verdict = diff.is_equal() ? style.paint(Tone::good, "ok") : style.paint(Tone::bad, "not ok");
  return fmt::format("{}: {}\n", verdict, escape_terminal(diff.name));
}

Result<void> write_verify_json(const SnapshotDiff& diff, const std::optional<SetOwner>& owner, const Output& out) {
  JsonStream stream{out};
  stream.json().begin_object().key("schema").bytes("qsnap.verify/1").key("ok").boolean(diff.is_equal());
  write_owner(stream.json(), owner);
  QSNAP_TRY(write_snapshot_members(stream, diff));
  stream.json().end_object();
  return stream.end_line();
}

std::string error_text(const ErrorView& error, const Style& style) {
  std::string text =
      fmt::format("git-qsnap: {} {}\n", style.paint(Tone::bad, "error:"), escape_terminal(error.message));
  for (const std::string& hint : error.hints) {
    text += fmt::format("{} {}\n", style.paint(Tone::warn, "hint:"), escape_terminal(hint));
  }
  return text;
}

std::string error_json(const ErrorView& error) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.error/1").key("code").bytes(error.code);
  json.key("exit_code").integer(error.exit_code).key("message").bytes(error.message);
  write_texts(json, "hints", error.hints).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
