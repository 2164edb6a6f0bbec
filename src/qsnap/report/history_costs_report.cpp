// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/history_costs_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

std::string minutes(Instant at) {
  constexpr std::size_t k_minutes = std::string_view{"2026-11-20 10:00"}.size();
  return readable_instant(at).substr(0, k_minutes);
}

std::string git_words(const HistoryCost& cost) {
  if (!cost.git_bytes) {
    return "not here";
  }
  return cost.same_as.empty() ? byte_size(*cost.git_bytes) : "same";
}

std::string row_text(const std::string& captured, const std::string& jobs, const std::string& document,
                     const std::string& git, const std::string& name) {
  return fmt::format("{}  {}  {}  {}  {}\n", pad_right(captured, 16), pad_left(jobs, 8), pad_left(document, 9),
                     pad_left(git, 9), name);
}

std::string series_text(const HistoryCostSeries& series, const Style& style) {
  std::string text;
  std::uint64_t jobs = 0;
  for (const HistoryCost& cost : series.rows) {
    text += row_text(minutes(cost.captured_at), fmt::format("{}", cost.jobs), byte_size(cost.document_bytes),
                     git_words(cost), escape_terminal(cost.name));
    jobs += cost.jobs;
  }
  const std::string count = quantity(series.rows.size(), "entry", "entries");
  return text +
         style.paint(
             Tone::strong,
             row_text(count, fmt::format("{}", jobs), byte_size(series.document_bytes()), byte_size(series.git_bytes()),
                      series.series.empty() ? "history/" : fmt::format("history/{}/", escape_terminal(series.series))));
}

}  // namespace

std::uint64_t HistoryCostSeries::document_bytes() const {
  std::uint64_t sum = 0;
  for (const HistoryCost& cost : rows) {
    sum += cost.document_bytes;
  }
  return sum;
}

std::uint64_t HistoryCostSeries::git_bytes() const {
  std::uint64_t sum = 0;
  for (const HistoryCost& cost : rows) {
    sum += cost.same_as.empty() ? cost.git_bytes.value_or(0) : 0;
  }
  return sum;
}

std::string history_costs_text(const HistoryCostsView& view, const Style& style) {
  if (view.series.empty()) {
    return fmt::format("set {}: no entries: git qsnap save history/ makes one\n", escape_terminal(view.set));
  }
  std::string text = style.paint(Tone::faint, row_text("captured (UTC)", "jobs", "document", "in Git", "name"));
  for (const HistoryCostSeries& series : view.series) {
    text += series_text(series, style);
  }
  text += fmt::format("\nset {}: {} in Git with all that is told of the entries\n", escape_terminal(view.set),
                      byte_size(view.ref_bytes));
  if (view.loose > 1) {
    text += fmt::format("{} of them not packed yet ({}): git qsnap history compact\n", quantity(view.loose, "state"),
                        byte_size(view.loose_bytes));
  }
  return text;
}

std::string history_costs_json(const HistoryCostsView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-stats/1").key("set").bytes(view.set);
  json.key("ref").bytes(view.ref).key("ref_bytes").integer(number(view.ref_bytes));
  json.key("loose").integer(number(view.loose)).key("loose_bytes").integer(number(view.loose_bytes));
  json.key("series").begin_array();
  for (const HistoryCostSeries& series : view.series) {
    json.begin_object().key("series").bytes(series.series);
    json.key("document_bytes").integer(number(series.document_bytes()));
    json.key("git_bytes").integer(number(series.git_bytes())).key("entries").begin_array();
    for (const HistoryCost& cost : series.rows) {
      json.begin_object().key("name").bytes(cost.name).key("captured_at").bytes(format_instant(cost.captured_at));
      json.key("jobs").integer(number(cost.jobs)).key("document_bytes").integer(number(cost.document_bytes));
      if (cost.git_bytes) {
        json.key("git_bytes").integer(number(*cost.git_bytes));
      }
      if (!cost.same_as.empty()) {
        json.key("same_as").bytes(cost.same_as);
      }
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string compact_text(const CompactView& view, const Style& style) {
  std::string text =
      fmt::format("{} of dated captures: {}\n", quantity(view.states, "state"), byte_size(view.before_bytes));
  if (view.missing > 0) {
    text += fmt::format("{} are not here: git qsnap history pull\n", view.missing);
  }
  if (!view.after_bytes) {
    return text + (view.states == 0 ? "nothing to do\n" : "");
  }
  text += fmt::format("{}: {} now\n", style.paint(Tone::good, "packed"), byte_size(*view.after_bytes));
  return view.repack ? text + gc_outcome_text(*view.repack, style) : text;
}

std::string compact_json(const CompactView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-compact/1").key("states").integer(number(view.states));
  json.key("missing").integer(number(view.missing)).key("before_bytes").integer(number(view.before_bytes));
  json.key("after_bytes");
  if (view.after_bytes) {
    json.integer(number(*view.after_bytes));
  } else {
    json.null();
  }
  if (view.repack) {
    json.key("objects_before_bytes").integer(number(view.repack->plan.objects_bytes));
    json.key("objects_after_bytes").integer(number(view.repack->after_bytes.value_or(0)));
  }
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
