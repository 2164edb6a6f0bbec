// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/history_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/retention_report.hpp>

namespace qsnap::report {

namespace {

std::uint64_t count_leaving(const RetentionSeries& series) {
  return static_cast<std::uint64_t>(
      std::count_if(series.rows.begin(), series.rows.end(), [](const RetentionRow& row) { return !row.keeps(); }));
}

std::string rule_words(const RetentionView& plan) {
  std::vector<std::string> words;
  for (const RetentionRule& rule : plan.rules) {
    words.push_back(fmt::format("{} {}", rule.word, rule.most));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string series_words(const RetentionSeries& series) {
  return series.series.empty() ? "history/" : fmt::format("history/{}/", escape_terminal(series.series));
}

std::string heading(const RetentionView& plan, const Style& style) {
  return fmt::format("set {}: keep {} {}\n", style.paint(Tone::strong, escape_terminal(plan.set)), rule_words(plan),
                     style.paint(Tone::faint, "(hours, days, weeks and months of UTC)"));
}

std::string series_line(const RetentionSeries& series, const Style& style) {
  const std::uint64_t leaving = count_leaving(series);
  return fmt::format("{}  {}: {} stay, {} {}\n", style.paint(Tone::strong, series_words(series)),
                     quantity(series.rows.size(), "entry", "entries"), series.rows.size() - leaving, leaving,
                     leaving == 1 ? "goes" : "go");
}

std::string reason_words(const RetentionRow& row) {
  return row.keeps() ? fmt::format("{}", fmt::join(row.reasons, ", ")) : row.loss;
}

std::string rows_text(const RetentionSeries& series, Instant now, const Style& style) {
  std::vector<std::string> ages;
  int width = 0;
  for (const RetentionRow& row : series.rows) {
    ages.push_back(age_words(row.captured_at, now));
    width = std::max(width, display_width(ages.back()));
  }
  std::string text;
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const RetentionRow& row = series.rows[i];
    text += fmt::format("  {}  {}  {}  {}\n",
                        row.keeps() ? style.paint(Tone::good, "keep") : style.paint(Tone::bad, "drop"),
                        escape_terminal(row.name), pad_right(ages[i], width),
                        style.paint(Tone::faint, escape_terminal(reason_words(row))));
  }
  return text;
}

void write_plan(JsonWriter& json, const RetentionView& plan) {
  json.key("set").bytes(plan.set).key("rules").begin_object();
  for (const RetentionRule& rule : plan.rules) {
    json.key(rule.word).integer(number(rule.most));
  }
  json.end_object().key("series").begin_array();
  for (const RetentionSeries& series : plan.series) {
    json.begin_object().key("series").bytes(series.series).key("entries").begin_array();
    for (const RetentionRow& row : series.rows) {
      json.begin_object().key("name").bytes(row.name).key("captured_at").bytes(format_instant(row.captured_at));
      json.key("jobs").integer(number(row.jobs)).key("decision").bytes(row.keeps() ? "keep" : "drop");
      write_texts(json, "reasons", row.keeps() ? row.reasons : std::vector{row.loss}).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_drop(JsonWriter& json, const std::optional<DropView>& drop) {
  json.key("dry_run").boolean(!drop).key("dropped").integer(drop ? number(drop->dropped) : 0);
  if (drop) {
    write_texts(json, "spared", drop->spared);
    if (!drop->before.empty()) {
      json.key("ref").bytes(drop->ref).key("before").bytes(drop->before).key("after").bytes(drop->after);
    }
    write_texts(json, "removed_files", drop->files);
  }
}

}  // namespace

std::uint64_t RetentionView::entries() const {
  std::uint64_t count = 0;
  for (const RetentionSeries& one : series) {
    count += one.rows.size();
  }
  return count;
}

std::uint64_t RetentionView::leaving() const {
  std::uint64_t count = 0;
  for (const RetentionSeries& one : series) {
    count += count_leaving(one);
  }
  return count;
}

std::string retention_text(const RetentionView& plan, const Style& style) {
  std::string text = heading(plan, style);
  for (const RetentionSeries& series : plan.series) {
    text += series_line(series, style) + rows_text(series, plan.now, style);
  }
  return text + (plan.series.empty() ? "no entries\n" : "");
}

std::string retention_summary(const RetentionView& plan, const Style& style) {
  std::string text = heading(plan, style);
  for (const RetentionSeries& series : plan.series) {
    text += series_line(series, style);
  }
  return text + (plan.series.empty() ? "no entries\n" : "");
}

std::string drop_text(const DropView& drop, const Style& style) {
  std::string text;
  if (drop.dropped == 0) {
    text = "nothing to drop\n";
  } else {
    text = fmt::format("{} {}\n", style.paint(Tone::good, "dropped"), quantity(drop.dropped, "entry", "entries"));
  }
  for (const std::string& name : drop.spared) {
    text += fmt::format("  {} stays: it was tagged or referred to meanwhile\n", escape_terminal(name));
  }
  if (!drop.files.empty()) {
    text +=
        fmt::format("took {} out of the work tree: git add -A .queue-snapshots\n", quantity(drop.files.size(), "file"));
  }
  if (!drop.before.empty()) {
    text += style.paint(Tone::faint, fmt::format("undo, until git gc sweeps: git update-ref {} {} {}", drop.ref,
                                                 drop.before, drop.after));
    text += "\n";
  }
  return text;
}

std::string prune_json(const PruneView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-prune/1");
  write_plan(json, view.plan);
  write_drop(json, view.drop);
  json.end_object();
  return harmless_json(json.text());
}

std::string archive_text(const ArchiveView& view, const Style& style) {
  if (!view.drop) {
    return fmt::format("{} would go to {}\n", quantity(view.plan.leaving(), "entry", "entries"),
                       escape_terminal(view.to));
  }
  if (view.verified == 0) {
    return "nothing to archive\n";
  }
  std::string text = fmt::format("{} {} in {}: {} written, {} there before; all read back and equal\n",
                                 style.paint(Tone::good, "archived"), quantity(view.verified, "entry", "entries"),
                                 escape_terminal(view.to), view.written, view.verified - view.written);
  text += view.archive_ref.empty() ? "" : fmt::format("  as {}\n", escape_terminal(view.archive_ref));
  text += drop_text(*view.drop, style);
  return text +
         style.paint(Tone::faint,
                     fmt::format("bring back: git qsnap history restore --from {}", escape_terminal(view.to))) +
         "\n";
}

std::string archive_json(const ArchiveView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-archive/1").key("to").bytes(view.to);
  if (!view.archive_ref.empty()) {
    json.key("archive_ref").bytes(view.archive_ref);
  }
  json.key("written").integer(number(view.written)).key("verified").integer(number(view.verified));
  write_plan(json, view.plan);
  write_drop(json, view.drop);
  json.end_object();
  return harmless_json(json.text());
}

std::string restore_text(const RestoreView& view, const Style& style) {
  std::string text;
  std::uint64_t restored = 0;
  for (const RestoredEntry& entry : view.entries) {
    restored += entry.new_name.empty() ? 0U : 1U;
    text += entry.new_name.empty()
                ? fmt::format("  {}  {}\n", escape_terminal(entry.name), style.paint(Tone::faint, "is in the history"))
                : fmt::format("  {}\n", escape_terminal(entry.new_name));
  }
  text += fmt::format("{} {} from {}\n", style.paint(Tone::good, "restored"), quantity(restored, "entry", "entries"),
                      escape_terminal(view.from));
  return restored == 0
             ? text
             : text +
                   style.paint(
                       Tone::faint,
                       "the next prune decides about them again: tag what is to stay (git qsnap tag NAME --add TAG)") +
                   "\n";
}

std::string restore_json(const RestoreView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-restore/1").key("set").bytes(view.set);
  json.key("from").bytes(view.from).key("entries").begin_array();
  for (const RestoredEntry& entry : view.entries) {
    json.begin_object().key("name").bytes(entry.name).key("restored_as");
    if (entry.new_name.empty()) {
      json.null();
    } else {
      json.bytes(entry.new_name);
    }
    json.end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
