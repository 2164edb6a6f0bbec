// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/found_words.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/json_stream.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/search_report.hpp>

namespace qsnap::report {

namespace {

constexpr int k_indent = 2;

class TextFace final : public SearchFace {
 public:
  TextFace(const Style& style, const Output& out) : m_style(style), m_out(out) {}

  Result<void> begin(const FoundSnapshot& snapshot) override {
    std::string text = m_is_first ? "" : "\n";
    m_is_first = false;
    text += m_style.paint(Tone::strong, escape_terminal(snapshot.name)) + "  " +
            m_style.paint(Tone::faint, readable_instant(snapshot.captured_at));
    if (!snapshot.set.empty()) {
      text += fmt::format("  set {}", escape_terminal(snapshot.set));
    }
    if (!snapshot.tags.empty()) {
      text += "  " + m_style.paint(Tone::accent, escape_terminal(fmt::format("{}", fmt::join(snapshot.tags, ", "))));
    }
    text += snapshot.in_conflict ? "  " + m_style.paint(Tone::bad, "in conflict") + "\n" : "\n";
    for (const FoundText& about : snapshot.about) {
      text += found_line(about, k_indent, m_style);
    }
    return m_out(text);
  }

  Result<void> record(const FoundRecord& record) override { return m_out(record_lines(record, m_style)); }

  Result<void> end(const MoreRecords& more) override {
    return more.count == 0 ? Result<void>{} : m_out(more_line(more, m_style));
  }

  Result<void> finish(const SearchEnding& ending) override {
    std::string text;
    if (ending.snapshots == 0) {
      text += fmt::format("nothing found in {}\n", quantity(ending.searched, "snapshot"));
    }
    if (ending.more_snapshots > 0) {
      text += fmt::format("\nup to {} may have it, too: --limit N or --all looks into them\n",
                          quantity(ending.more_snapshots, "more snapshot"));
    }
    text += problem_lines(ending.problems, m_style);
    return text.empty() ? Result<void>{} : m_out(text);
  }

 private:
  const Style& m_style;
  const Output& m_out;
  bool m_is_first = true;
};

class JsonFace final : public SearchFace {
 public:
  JsonFace(const std::vector<std::string>& words, const Output& out) : m_stream(out) {
    m_stream.json().begin_object().key("schema").bytes("qsnap.search/1");
    write_texts(m_stream.json(), "words", words).key("snapshots").begin_array();
  }

  Result<void> begin(const FoundSnapshot& snapshot) override {
    JsonWriter& json = m_stream.json();
    json.begin_object().key("name").bytes(snapshot.name);
    json.key("set").bytes(snapshot.set.empty() ? "default" : snapshot.set);
    json.key("captured_at").bytes(format_instant(snapshot.captured_at));
    write_texts(json, "tags", snapshot.tags).key("in_conflict").boolean(snapshot.in_conflict);
    json.key("about").begin_array();
    for (const FoundText& text : snapshot.about) {
      write_found_text(json, text);
    }
    json.end_array().key("records").begin_array();
    return {};
  }

  Result<void> record(const FoundRecord& record) override {
    write_found_record(m_stream.json(), record);
    return m_stream.cut();
  }

  Result<void> end(const MoreRecords& more) override {
    JsonWriter& json = m_stream.json();
    json.end_array().key("more").integer(number(more.count)).key("more_is_exact").boolean(!more.at_least).end_object();
    return m_stream.cut();
  }

  Result<void> finish(const SearchEnding& ending) override {
    JsonWriter& json = m_stream.json();
    json.end_array().key("searched").integer(number(ending.searched));
    json.key("more_snapshots").integer(number(ending.more_snapshots));
    write_problems(json, ending.problems);
    json.end_object();
    return m_stream.end_line();
  }

 private:
  JsonStream m_stream;
};

}  // namespace

std::unique_ptr<SearchFace> search_text(const Style& style, const Output& out) {
  return std::make_unique<TextFace>(style, out);
}

std::unique_ptr<SearchFace> search_json(const std::vector<std::string>& words, const Output& out) {
  return std::make_unique<JsonFace>(words, out);
}

}  // namespace qsnap::report
