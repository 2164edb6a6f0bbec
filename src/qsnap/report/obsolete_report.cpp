// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/github_command.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/junit_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/obsolete_report.hpp>
#include <qsnap/report/tap_text.hpp>

namespace qsnap::report {

namespace {

constexpr std::array<std::string_view, 5> k_formats = {"text", "json", "junit", "tap", "github"};

bool is_complete(const ObsoleteView& view) {
  return view.coverage == ObsoleteView::Coverage::complete;
}

bool fails(const ObsoleteView& view) {
  return view.verdict == ObsoleteView::Verdict::fail;
}

/// The one word: a part of the tests cannot tell more.
std::string_view word_of(const ObsoleteView& view) {
  return is_complete(view) ? "obsolete" : "not referenced in this run";
}

std::string_view to_text(Proposal proposal) {
  constexpr std::array<std::string_view, 4> k_words = {"none", "proposed", "occupied", "unreadable"};
  return k_words.at(static_cast<std::size_t>(proposal));
}

std::string_view proposal_words(Proposal proposal) {
  constexpr std::array<std::string_view, 4> k_words = {"", "its removal is pending", "another state of it is pending",
                                                       "it is no sound snapshot: git qsnap fsck"};
  return k_words.at(static_cast<std::size_t>(proposal));
}

/// What else is known of it; may be empty.
std::string remark_on(const UnreferencedSnapshot& snapshot) {
  std::string remark;
  if (!snapshot.renamed_to.empty()) {
    remark = fmt::format("says the same as {}: renamed?", escape_terminal(snapshot.renamed_to));
  }
  if (snapshot.proposal != Proposal::none) {
    remark += fmt::format("{}{}", remark.empty() ? "" : "; ", proposal_words(snapshot.proposal));
  }
  return remark;
}

std::string message_on(const ObsoleteView& view, const UnreferencedSnapshot& snapshot) {
  const std::string remark = remark_on(snapshot);
  return fmt::format("{}{}", word_of(view), remark.empty() ? "" : fmt::format(" ({})", remark));
}

/// "12 snapshots, of which 2 are obsolete".
std::string totals(const ObsoleteView& view) {
  const std::size_t count = view.unreferenced.size();
  if (count == 0 && !is_complete(view)) {
    return fmt::format("{}, all referenced in this run", quantity(view.snapshots, "snapshot"));
  }
  return fmt::format("{}, of which {} {} {}", quantity(view.snapshots, "snapshot"),
                     count == 0 ? "none" : std::to_string(count), count == 1 || count == 0 ? "is" : "are",
                     word_of(view));
}

std::string_view next_step(const ObsoleteView& view) {
  if (view.unreferenced.empty()) {
    return {};
  }
  if (!is_complete(view)) {
    return "what is obsolete, a run of all tests can tell: --complete, with the ledgers of all shards\n";
  }
  const bool proposed = std::any_of(view.unreferenced.begin(), view.unreferenced.end(),
                                    [](const auto& snapshot) { return snapshot.proposal == Proposal::proposed; });
  return proposed ? "git qsnap review, or git qsnap accept NAME, deletes them\n"
                  : "nothing was deleted: --propose puts their removal where git qsnap review asks about it\n";
}

std::string text_of(const ObsoleteView& view, const Style& style) {
  std::string text;
  for (const UnreferencedSnapshot& snapshot : view.unreferenced) {
    const std::string remark = remark_on(snapshot);
    text += fmt::format("{} {}{}\n", style.paint(is_complete(view) ? Tone::warn : Tone::faint, "-"),
                        escape_terminal(snapshot.name), remark.empty() ? "" : "  " + style.paint(Tone::faint, remark));
  }
  for (const std::string& name : view.missing) {
    text += fmt::format("{} {}  {}\n", style.paint(Tone::bad, "!"), escape_terminal(name),
                        style.paint(Tone::faint, "is referred to, and not there"));
  }
  return fmt::format("{}{}\n{}", text, totals(view), next_step(view));
}

std::string json_of(const ObsoleteView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.obsolete/1").key("ok").boolean(view.holds());
  json.key("complete").boolean(is_complete(view));
  write_texts(json, "ledgers", view.ledgers).key("events").integer(number(view.events));
  json.key("snapshots").integer(number(view.snapshots)).key("unreferenced").begin_array();
  for (const UnreferencedSnapshot& snapshot : view.unreferenced) {
    json.begin_object().key("name").bytes(snapshot.name).key("file").bytes(snapshot.file);
    json.key("obsolete").boolean(is_complete(view)).key("renamed_to");
    if (snapshot.renamed_to.empty()) {
      json.null();
    } else {
      json.bytes(snapshot.renamed_to);
    }
    json.key("proposal").bytes(to_text(snapshot.proposal)).end_object();
  }
  json.end_array();
  write_texts(json, "missing", view.missing).end_object();
  return harmless_json(json.text()) + "\n";
}

struct TestName {
  std::string folder, name;
};

/// "test-cases/a/b" is b in test-cases/a, as the tests of `diff` and `verify` are called.
TestName test_name(const std::string& snapshot) {
  const std::size_t slash = snapshot.rfind('/');
  return slash == std::string::npos
             ? TestName{"snapshots", escape_terminal(snapshot)}
             : TestName{escape_terminal(snapshot.substr(0, slash)), escape_terminal(snapshot.substr(slash + 1))};
}

/// "12 snapshots are referred to": one test for all of them, so that no document is without.
std::string referenced_words(const ObsoleteView& view) {
  const std::uint64_t count = view.snapshots - view.unreferenced.size();
  return fmt::format("{} {} referred to", quantity(count, "snapshot"), count == 1 ? "is" : "are");
}

Result<void> write_junit(const ObsoleteView& view, const Output& out) {
  TestCounts counts;
  counts.tests = view.unreferenced.size() + 1;
  (fails(view) ? counts.failures : counts.skipped) = view.unreferenced.size();
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set_counts(suites, counts);
  pugi::xml_node suite = suites.append_child("testsuite");
  set_counts(suite, counts);
  for (const UnreferencedSnapshot& snapshot : view.unreferenced) {
    const TestName name = test_name(snapshot.name);
    pugi::xml_node test = append_testcase(suite, name.folder, name.name);
    set_attribute(test, "file", escape_terminal(snapshot.file));
    pugi::xml_node verdict = test.append_child(fails(view) ? "failure" : "skipped");
    if (fails(view)) {
      set_attribute(verdict, "type", "obsolete");
    }
    set_attribute(verdict, "message", message_on(view, snapshot));
  }
  append_testcase(suite, "snapshots", referenced_words(view));
  return write_document(document, out);
}

std::string tap_of(const ObsoleteView& view) {
  std::string text = fmt::format("TAP version 14\n1..{}\n", view.unreferenced.size() + 1);
  std::size_t number = 0;
  for (const UnreferencedSnapshot& snapshot : view.unreferenced) {
    const std::string name = tap_text(snapshot.name), message = message_on(view, snapshot);
    text += fails(view)
                ? fmt::format("not ok {} - {}: {}\n  ---\n  message: {}\n  type: \"obsolete\"\n  file: {}\n  ...\n",
                              ++number, name, tap_text(message), json_string(message),
                              json_string(escape_terminal(snapshot.file)))
                : fmt::format("ok {} - {} # SKIP {}\n", ++number, name, message);
  }
  return text + fmt::format("ok {} - {}\n", ++number, referenced_words(view));
}

std::string annotation(const ObsoleteView& view, const UnreferencedSnapshot& snapshot) {
  const std::string_view kind = fails(view) ? "error" : is_complete(view) ? "warning" : "notice";
  return fmt::format("::{} file={},line=1,title={}::{}\n", kind,
                     escape_command(escape_terminal(snapshot.file), CommandPart::property),
                     escape_command(escape_terminal(snapshot.name), CommandPart::property),
                     escape_command(message_on(view, snapshot), CommandPart::message));
}

/// GitHub shows ten of a kind in a step, and drops the others without a word.
std::string github_of(const ObsoleteView& view) {
  constexpr std::size_t k_most = 9;
  const std::size_t told = std::min(view.unreferenced.size(), k_most);
  std::string text;
  for (std::size_t i = 0; i < told; ++i) {
    text += annotation(view, view.unreferenced[i]);
  }
  if (told < view.unreferenced.size()) {
    text +=
        fmt::format("::notice title=git-qsnap::and {}\n", quantity(view.unreferenced.size() - told, "more snapshot"));
  }
  return text + totals(view) + "\n";
}

}  // namespace

std::string_view to_text(ObsoleteFormat format) {
  return k_formats.at(static_cast<std::size_t>(format));
}

std::optional<ObsoleteFormat> parse_obsolete_format(std::string_view word) {
  const auto* const at = std::find(k_formats.begin(), k_formats.end(), word);
  return at == k_formats.end() ? std::nullopt : std::optional{static_cast<ObsoleteFormat>(at - k_formats.begin())};
}

Result<void> write_obsolete(const ObsoleteView& view, ObsoleteFormat format, const Style& style, const Output& out) {
  switch (format) {
    case ObsoleteFormat::json:
      return out(json_of(view));
    case ObsoleteFormat::junit:
      return write_junit(view, out);
    case ObsoleteFormat::tap:
      return out(tap_of(view));
    case ObsoleteFormat::github:
      return out(github_of(view));
    case ObsoleteFormat::text:
      break;
  }
  return out(text_of(view, style));
}

std::string runs_text(const std::vector<RunSummary>& runs, const Style& style) {
  std::string text;
  for (const RunSummary& run : runs) {
    text +=
        fmt::format("{}  {}  {} on {}\n", style.paint(Tone::strong, escape_terminal(run.id)),
                    readable_instant(run.last_at), quantity(run.events, "event"), quantity(run.snapshots, "snapshot"));
  }
  return text.empty() ? "no test run has a ledger here: QSNAP_RUN_ID=ID makes one\n" : text;
}

std::string runs_json(const std::vector<RunSummary>& runs) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.runs/1").key("runs").begin_array();
  for (const RunSummary& run : runs) {
    json.begin_object().key("id").bytes(run.id).key("first_at").bytes(format_instant(run.first_at));
    json.key("last_at").bytes(format_instant(run.last_at)).key("events").integer(number(run.events));
    json.key("snapshots").integer(number(run.snapshots)).end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
