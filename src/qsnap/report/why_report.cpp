// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/why_report.hpp>

namespace qsnap::report {

namespace {

using model::MergeJournalEntry;
using model::MergeNote;

constexpr std::string_view k_resolved = "resolved";

std::string outcome_text(const MergeJournalEntry& merge, const Style& style) {
  if (merge.outcome == "merged" || merge.outcome == k_resolved) {
    return style.paint(Tone::good, merge.outcome);
  }
  if (merge.outcome == "conflict") {
    return style.paint(Tone::bad, quantity(merge.conflicts.size() + merge.conflicts_left_out, "conflict"));
  }
  return style.paint(Tone::bad, escape_terminal(merge.outcome));
}

/// "job bullmq:bull:mail waiting send_email #42 .payload.to"
std::string thing_text(const MergeNote& note) {
  std::string text = escape_terminal(note.subject);
  for (const std::string& part : {note.queue, note.state, note.name}) {
    text += part.empty() ? "" : " " + escape_terminal(part);
  }
  text += note.id.empty() ? "" : " #" + escape_terminal(note.id);
  return text + (note.path.empty() ? "" : " " + escape_terminal(note.path));
}

/// The first ones, and how many more there are.
std::string notes_text(const std::vector<MergeNote>& notes, std::uint64_t left_out, const Style& style) {
  constexpr std::size_t k_most = 20;
  const std::size_t shown = std::min(notes.size(), k_most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  {}: {}\n", escape_terminal(notes[i].what), thing_text(notes[i]));
  }
  if (const std::uint64_t more = notes.size() - shown + left_out; more > 0) {
    text += style.paint(Tone::faint, fmt::format("  and {} more", more)) + "\n";
  }
  return text;
}

bool is_volatile(const model::MergeCount& count) {
  return count.rule.starts_with("volatile ");
}

std::string merge_text(const MergeJournalEntry& merge, WhyDetail detail, const Style& style) {
  const std::string sides = merge.outcome == k_resolved ? std::string{} : "  " + sides_text(merge);
  std::string text = fmt::format("{}  {}{}\n", readable_instant(merge.at), outcome_text(merge, style), sides);
  if (!merge.problem.empty()) {
    text += fmt::format("  {}\n", escape_terminal(merge.problem));
  }
  for (const model::MergeCount& count : merge.counts) {
    if (detail == WhyDetail::meaning && is_volatile(count)) {
      continue;
    }
    text += fmt::format("  {:>6}  {}\n", count.times, escape_terminal(count.rule));
  }
  return text + notes_text(merge.decisions, merge.decisions_left_out, style) +
         notes_text(merge.conflicts, merge.conflicts_left_out, style);
}

void write_notes(JsonWriter& json, const std::vector<MergeNote>& notes) {
  json.begin_array();
  for (const MergeNote& note : notes) {
    json.begin_object().key("what").bytes(note.what).key("subject").bytes(note.subject);
    json.key("queue").bytes(note.queue).key("state").bytes(note.state).key("id").bytes(note.id);
    json.key("name").bytes(note.name).key("path").bytes(note.path).end_object();
  }
  json.end_array();
}

void write_merge(JsonWriter& json, const MergeJournalEntry& merge) {
  json.begin_object().key("at").bytes(format_instant(merge.at)).key("path").bytes(merge.path);
  json.key("outcome").bytes(merge.outcome).key("problem").bytes(merge.problem);
  json.key("virtual_base").boolean(merge.for_virtual_base);
  json.key("ours").bytes(merge.our_name).key("theirs").bytes(merge.their_name);
  json.key("base_root").bytes(merge.base_root).key("our_root").bytes(merge.our_root);
  json.key("their_root").bytes(merge.their_root).key("result_root").bytes(merge.result_root);
  json.key("counts").begin_array();
  for (const model::MergeCount& count : merge.counts) {
    json.begin_object().key("rule").bytes(count.rule).key("times").integer(number(count.times)).end_object();
  }
  json.end_array().key("decisions");
  write_notes(json, merge.decisions);
  json.key("decisions_left_out").integer(number(merge.decisions_left_out)).key("conflicts");
  write_notes(json, merge.conflicts);
  json.key("conflicts_left_out").integer(number(merge.conflicts_left_out)).end_object();
}

}  // namespace

std::string sides_text(const MergeJournalEntry& merge) {
  if (merge.for_virtual_base) {
    return "a common base of a criss-cross merge";
  }
  const auto named = [](std::string_view name, std::string_view side) {
    return name == side ? std::string{side} : fmt::format("{} ({})", escape_terminal(name), side);
  };
  return fmt::format("{} into {}", named(merge.their_name, "theirs"), named(merge.our_name, "ours"));
}

std::string why_text(const WhyView& view, const Style& style) {
  std::string text = style.paint(Tone::strong, escape_terminal(view.name)) + "\n";
  for (const MergeJournalEntry& merge : view.merges) {
    text += merge_text(merge, view.detail, style);
  }
  if (view.more > 0) {
    text += style.paint(Tone::faint, fmt::format("{} before that: -n {}", quantity(view.more, "merge"),
                                                 view.merges.size() + view.more)) +
            "\n";
  }
  return text;
}

std::string why_json(const WhyView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.why/1").key("name").bytes(view.name).key("merges").begin_array();
  for (const MergeJournalEntry& merge : view.merges) {
    write_merge(json, merge);
  }
  json.end_array().key("more").integer(number(view.more)).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
