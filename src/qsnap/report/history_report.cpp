// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/history_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

using Home = HistoryRow::Home;

constexpr int k_age_width = 14, k_count_width = 8;

std::string_view home_word(Home home) {
  constexpr std::array<std::string_view, 3> k_words = {"ref", "tree", "elsewhere"};
  return k_words.at(static_cast<std::size_t>(home));
}

std::string labels(const HistoryRow& row) {
  std::string text;
  for (const std::string& tag : row.tags) {
    text += fmt::format("  [{}]", escape_terminal(tag));
  }
  return row.description.empty() ? text : fmt::format("{}  {}", text, escape_terminal(row.description));
}

std::string row_text(const HistoryRow& row, Instant now, const Style& style) {
  const std::string head =
      fmt::format("{}  {}  {}  ", pad_right(age_words(row.captured_at, now), k_age_width),
                  pad_left(quantity(row.jobs, "job"), k_count_width + 4), pad_left(quantity(row.queues, "queue"), 10));
  const std::string missing = row.home == Home::elsewhere ? style.paint(Tone::warn, "  not here") : std::string{};
  return fmt::format("{}{}{}{}\n", style.paint(Tone::faint, head), escape_terminal(row.name), missing, labels(row));
}

}  // namespace

std::string age_words(Instant at, Instant now) {
  using namespace std::chrono_literals;
  const auto past = std::chrono::floor<std::chrono::minutes>(now - at);
  if (past < 1min) {
    return "just now";
  }
  struct Unit {
    std::chrono::minutes from, length;
    std::string_view word;
  };
  constexpr std::chrono::minutes k_day = 24h;
  constexpr std::array k_units = {Unit{365 * k_day, 365 * k_day, "year"},
                                  Unit{60 * k_day, 30 * k_day, "month"},
                                  Unit{14 * k_day, 7 * k_day, "week"},
                                  Unit{2 * k_day, k_day, "day"},
                                  Unit{2h, 1h, "hour"},
                                  Unit{1min, 1min, "minute"}};
  const auto* const unit =
      std::find_if(k_units.begin(), k_units.end(), [&](const Unit& known) { return past >= known.from; });
  return quantity(static_cast<std::uint64_t>(past / unit->length), unit->word) + " ago";
}

std::string history_list_text(const HistoryListView& view, const Style& style) {
  if (view.entries == 0) {
    return fmt::format("set {}: no entries: git qsnap save history/ makes one, git qsnap history pull brings others\n",
                       escape_terminal(view.set));
  }
  std::string text;
  std::uint64_t missing = 0;
  for (const HistoryRow& row : view.rows) {
    text += row_text(row, view.now, style);
    missing += row.home == Home::elsewhere ? 1 : 0;
  }
  text += fmt::format("{} of {}\n", view.rows.size(), quantity(view.entries, "entry", "entries"));
  if (missing > 0) {
    text += fmt::format("the states of {} are not here: git qsnap history pull\n", missing);
  }
  return text;
}

std::string history_list_json(const HistoryListView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-list/1").key("set").bytes(view.set);
  json.key("entries").integer(number(view.entries)).key("listed").begin_array();
  for (const HistoryRow& row : view.rows) {
    json.begin_object().key("name").bytes(row.name).key("captured_at").bytes(format_instant(row.captured_at));
    json.key("jobs").integer(number(row.jobs)).key("queues").integer(number(row.queues));
    json.key("raw_bytes").integer(number(row.raw_bytes)).key("description").bytes(row.description);
    write_texts(json, "tags", row.tags).key("home").bytes(home_word(row.home)).end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string history_exchange_text(const HistoryExchangeView& view, const Style& style) {
  if (view.sets.empty()) {
    return fmt::format("neither {} nor this repository has dated captures\n", escape_terminal(view.remote));
  }
  std::string text;
  for (const HistoryExchange& set : view.sets) {
    text += fmt::format("set {}: {} new here, {}; {} in all\n", style.paint(Tone::strong, escape_terminal(set.set)),
                        quantity(set.added, "entry", "entries"), fmt::format("{} dropped", set.dropped), set.entries);
    if (view.direction == HistoryExchangeView::Direction::push) {
      text += set.pushed ? fmt::format("  {} to {}\n", style.paint(Tone::good, "pushed"), escape_terminal(view.remote))
                         : fmt::format("  {} has all of it\n", escape_terminal(view.remote));
    }
    for (const std::string& words : set.refused) {
      text += fmt::format("  {} {}\n", style.paint(Tone::warn, "not taken in:"), escape_terminal(words));
    }
  }
  return text;
}

std::string history_exchange_json(const HistoryExchangeView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.history-exchange/1").key("remote").bytes(view.remote);
  json.key("direction").bytes(view.direction == HistoryExchangeView::Direction::push ? "push" : "pull");
  json.key("sets").begin_array();
  for (const HistoryExchange& set : view.sets) {
    json.begin_object().key("set").bytes(set.set).key("added").integer(number(set.added));
    json.key("dropped").integer(number(set.dropped)).key("relabelled").integer(number(set.relabelled));
    json.key("entries").integer(number(set.entries)).key("pushed").boolean(set.pushed);
    write_texts(json, "refused", set.refused).end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
