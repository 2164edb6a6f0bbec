// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/found_words.hpp>
#include <qsnap/report/grep_report.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/json_stream.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

/// "a1b2c3d 2026-01-02 03:04"
std::string commit_words(const CommitView& commit, const Style& style) {
  constexpr std::size_t k_minutes = 16;  // "2026-11-20 10:00"
  return fmt::format("{} {}", style.paint(Tone::warn, escape_terminal(commit.short_id)),
                     readable_instant(commit.at).substr(0, k_minutes));
}

std::string place_line(const GrepPlace& place, const Style& style) {
  std::string text = style.paint(Tone::strong, escape_terminal(place.name));
  if (place.captured_at) {
    text += "  captured " + readable_instant(*place.captured_at);
  }
  if (place.first) {
    text += "  since " + commit_words(*place.first, style);
    text += place.gone ? ", until " + commit_words(*place.gone, style) : ", still there";
  }
  return text + "\n";
}

class TextFace final : public GrepFace {
 public:
  TextFace(GrepDetail detail, const Style& style, const Output& out) : m_detail(detail), m_style(style), m_out(out) {}

  Result<void> begin(const GrepVersion& version) override {
    std::string text = m_is_first || m_detail == GrepDetail::names ? "" : "\n";
    m_is_first = false;
    for (const GrepPlace& place : version.places) {
      text += place_line(place, m_style);
    }
    return m_out(text);
  }

  Result<void> record(const FoundRecord& record) override {
    if (m_detail == GrepDetail::names) {
      return {};
    }
    return m_out(record_lines(record, m_style));
  }

  Result<void> end(const MoreRecords& more) override {
    return more.count == 0 || m_detail == GrepDetail::names ? Result<void>{} : m_out(more_line(more, m_style));
  }

  Result<void> finish(const GrepEnding& ending) override {
    std::string text;
    if (ending.versions == 0 && m_detail == GrepDetail::records) {
      text += fmt::format("nothing found in {}\n", quantity(ending.searched, "version"));
    }
    text += problem_lines(ending.problems, m_style);
    return text.empty() ? Result<void>{} : m_out(text);
  }

 private:
  GrepDetail m_detail;
  const Style& m_style;
  const Output& m_out;
  bool m_is_first = true;
};

void write_commit(JsonWriter& json, const std::optional<CommitView>& commit) {
  if (!commit) {
    json.null();
    return;
  }
  json.begin_object().key("commit").bytes(commit->id).key("short_commit").bytes(commit->short_id);
  json.key("at").bytes(format_instant(commit->at)).key("author").bytes(commit->author);
  json.key("subject").bytes(commit->subject).end_object();
}

class JsonFace final : public GrepFace {
 public:
  JsonFace(const std::string& pattern, const Output& out) : m_stream(out) {
    m_stream.json().begin_object().key("schema").bytes("qsnap.grep/1").key("pattern").bytes(pattern);
    m_stream.json().key("versions").begin_array();
  }

  Result<void> begin(const GrepVersion& version) override {
    JsonWriter& json = m_stream.json();
    json.begin_object().key("blob").bytes(version.blob).key("places").begin_array();
    for (const GrepPlace& place : version.places) {
      json.begin_object().key("name").bytes(place.name);
      if (place.captured_at) {
        json.key("captured_at").bytes(format_instant(*place.captured_at));
      } else {
        json.key("first");
        write_commit(json, place.first);
        json.key("gone");
        write_commit(json, place.gone);
      }
      json.end_object();
    }
    json.end_array().key("records").begin_array();
    return {};
  }

  Result<void> record(const FoundRecord& record) override {
    write_found_record(m_stream.json(), record);
    return m_stream.cut();
  }

  Result<void> end(const MoreRecords& more) override {
    m_stream.json().end_array().key("more").integer(number(more.count)).end_object();
    return m_stream.cut();
  }

  Result<void> finish(const GrepEnding& ending) override {
    JsonWriter& json = m_stream.json();
    json.end_array().key("searched").integer(number(ending.searched));
    write_problems(json, ending.problems);
    json.end_object();
    return m_stream.end_line();
  }

 private:
  JsonStream m_stream;
};

}  // namespace

std::unique_ptr<GrepFace> grep_text(GrepDetail detail, const Style& style, const Output& out) {
  return std::make_unique<TextFace>(detail, style, out);
}

std::unique_ptr<GrepFace> grep_json(const std::string& pattern, const Output& out) {
  return std::make_unique<JsonFace>(pattern, out);
}

}  // namespace qsnap::report
