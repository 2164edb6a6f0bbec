// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/utf8.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/found_words.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/styled_text.hpp>

namespace qsnap::report {

namespace {

std::string_view singular(std::string_view section) {
  if (section == "config") {
    return section;
  }
  return section.ends_with('s') ? section.substr(0, section.size() - 1) : section;
}

/// Where to begin, so that the first mark stands in the line: a third of it is in front of the mark.
std::size_t start_of_line(const FoundText& text, int width) {
  const std::string_view bytes = text.text;
  const std::size_t mark = text.marks.empty() ? 0 : text.marks.front().begin;
  const auto width_of = [&](std::size_t from, std::size_t to) {
    return display_width(escape_terminal(bytes.substr(from, to - from)));
  };
  if (text.marks.empty() || width_of(0, mark + text.marks.front().size) + 6 <= width) {  // ": …«»…"
    return 0;
  }
  std::size_t start = 0;
  while (start < mark && width_of(start, mark) > width / 3) {
    start = start + 1;
    while (start < mark && continues_character(bytes[start])) {
      ++start;
    }
  }
  return start;
}

/// "job 17  send-welcome  bullmq:bull:mail failed"
std::string record_heading(const FoundRecord& record, const Style& style) {
  std::string what{singular(record.section)};
  if (!record.id.empty()) {
    what += " " + escape_terminal(record.id);
  }
  std::string text = style.paint(Tone::strong, what);
  if (!record.name.empty()) {
    text += "  " + escape_terminal(record.name);
  }
  const std::string place = record.state.empty() ? record.queue : record.queue + " " + record.state;
  return place.empty() ? text : text + "  " + style.paint(Tone::faint, escape_terminal(place));
}

}  // namespace

std::string found_line(const FoundText& text, int indent, const Style& style) {
  constexpr int k_least = 20;
  const int width = std::max(k_least, style.width - indent);
  const std::string_view bytes = text.text;
  StyledText line{Tone::accent, escape_terminal(text.where)};
  std::size_t told = start_of_line(text, width - line.width());
  line.add(Tone::plain, text.cut_front || told > 0 ? ": …" : ": ");
  for (const FoundText::Mark& mark : text.marks) {
    line.add(Tone::plain, escape_terminal(bytes.substr(told, mark.begin - told)));
    line.add(Tone::strong, fmt::format("«{}»", escape_terminal(bytes.substr(mark.begin, mark.size))));
    told = mark.begin + mark.size;
  }
  line.add(Tone::plain, escape_terminal(bytes.substr(told)));
  if (text.cut_end) {
    line.add(Tone::plain, "…");
  }
  return fmt::format("{:{}}{}\n", "", indent, line.cut(width).paint(style));
}

std::string record_lines(const FoundRecord& record, const Style& style) {
  constexpr int k_indent = 4;
  std::string text = fmt::format("  {}\n", record_heading(record, style));
  for (const FoundText& found : record.texts) {
    text += found_line(found, k_indent, style);
  }
  return text;
}

std::string more_line(const MoreRecords& more, const Style& style) {
  const std::string words =
      fmt::format("… and {}{} more (--all lists all)", more.at_least ? "at least " : "", more.count);
  return fmt::format("  {}\n", style.paint(Tone::faint, words));
}

std::string problem_lines(const std::vector<SearchProblem>& problems, const Style& style) {
  std::string text;
  for (const SearchProblem& problem : problems) {
    const std::string words =
        fmt::format("not searched: {}: {}", escape_terminal(problem.name), escape_terminal(problem.problem));
    text += style.paint(Tone::warn, words) + "\n";
  }
  return text;
}

void write_problems(JsonWriter& json, const std::vector<SearchProblem>& problems) {
  json.key("problems").begin_array();
  for (const SearchProblem& problem : problems) {
    json.begin_object().key("name").bytes(problem.name).key("problem").bytes(problem.problem).end_object();
  }
  json.end_array();
}

void write_found_text(JsonWriter& json, const FoundText& text) {
  json.begin_object().key("where").bytes(text.where).key("text").bytes(text.text).key("matches").begin_array();
  for (const FoundText::Mark& mark : text.marks) {
    json.bytes(std::string_view{text.text}.substr(mark.begin, mark.size));
  }
  json.end_array();
  json.key("whole").boolean(!text.cut_front && !text.cut_end).end_object();
}

void write_found_record(JsonWriter& json, const FoundRecord& record) {
  json.begin_object().key("section").bytes(record.section).key("queue").bytes(queue_text(record.queue));
  json.key("state").bytes(record.state).key("id").bytes(record.id).key("name").bytes(record.name);
  json.key("texts").begin_array();
  for (const FoundText& text : record.texts) {
    write_found_text(json, text);
  }
  json.end_array().end_object();
}

}  // namespace qsnap::report
