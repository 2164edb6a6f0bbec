// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/golden.hpp>
#include <support/report_pages.hpp>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/html_marks.hpp>
#include <qsnap/report/html_text.hpp>

#include "rendered.hpp"

namespace {

using qsnap::diff::ChangeKind;
using qsnap::report::DiffReport;
using qsnap::report::Html;
using qsnap::report::marked_values;
using qsnap::report::SnapshotDiff;
using namespace std::string_view_literals;

std::string page_of(const DiffReport& report) {
  return qsnap::report::rendered([&](const auto& out) { return qsnap::report::write_html(report, {}, out); });
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// What stands between the first `open` and the next `close`.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t start = text.find(open);
  REQUIRE(start != std::string_view::npos);
  text.remove_prefix(start + open.size());
  return text.substr(0, text.find(close));
}

/// The page without style, script and their digests, which have a place of their own in the source tree, and without
/// its JSON, which is a face of its own.
std::string markup_of(std::string page) {
  for (const auto& [open, close] :
       {std::pair{"<style>"sv, "</style>"sv}, std::pair{"id=\"qsnap-diff\">"sv, "</script>"sv},
        std::pair{"<script>"sv, "</script>"sv}, std::pair{"style-src "sv, "; base-uri"sv}}) {
    const std::size_t start = page.find(open) + open.size();
    page.replace(start, page.find(close, start) - start, "…");
  }
  return page;
}

DiffReport one_change(qsnap::diff::Change change) {
  DiffReport report;
  SnapshotDiff diff;
  diff.name = "test-cases/one";
  diff.sides.before = diff.name;
  diff.sides.after = "live";
  diff.changes.list.push_back(std::move(change));
  report.snapshots.push_back(std::move(diff));
  return report;
}

}  // namespace

TEST_CASE("an HTML report of two sides looks as it did") {
  const std::string page = markup_of(page_of(qsnap::test::rich_report()));
  CHECK(page == qsnap::test::golden("diff/report.html", page));
}

TEST_CASE("an HTML report of a range has an index, and a section for each snapshot") {
  const std::string page = page_of(qsnap::test::rich_range());
  CHECK(contains(page,
                 "<h1><span class=\"sign warn\">~</span> origin/main...HEAD<span class=\"verdict\">122 "
                 "snapshots: 1 unreadable, 2 changed, 1 new, 1 removed, 117 unchanged.</span></h1>"));
  CHECK(contains(between(page, "<nav", "</nav>"),
                 "<a href=\"#s3\">test-cases/broken</a></th><td>HEAD:test-cases/broken "
                 "has unresolved conflicts"));
  CHECK(contains(page, "<h2 id=\"s5\">test-cases/small</h2>"));
  CHECK(page.find("class=\"index\"") < page.find("id=\"filter\""));
  CHECK(page.find("id=\"filter\"") < page.find("class=\"queues\""));
}

TEST_CASE("the same comparison is the same page") {
  CHECK(page_of(qsnap::test::rich_range()) == page_of(qsnap::test::rich_range()));
}

TEST_CASE("a page lets its own style and script run, by their digests, and nothing else") {
  const std::string page = page_of(qsnap::test::rich_report());
  const auto source = [&](std::string_view open, std::string_view close) {
    return fmt::format("'sha256-{}'", qsnap::to_base64(qsnap::codec::sha256(between(page, open, close))));
  };
  // In the attribute "'" is a reference, as in any text.
  std::string policy =
      fmt::format("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
                  source("<style>", "</style>"), source("<script>", "</script>"));
  for (std::size_t at = policy.find('\''); at != std::string::npos; at = policy.find('\'', at)) {
    policy.replace(at, 1, "&#39;");
  }
  CHECK(between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\">") == policy);
}

TEST_CASE("nothing in a page is fetched") {
  const std::string page = page_of(qsnap::test::rich_report());
  const std::string own = page.substr(0, page.find("<body>"));
  for (const std::string_view word : {"http:", "https:", "url(", "@import", "src="}) {
    CAPTURE(word);
    CHECK_FALSE(contains(own, word));
    CHECK_FALSE(contains(between(page, "<script>", "</script>"), word));
  }
}

TEST_CASE("no text of a snapshot becomes markup, wherever it stands") {
  const std::string page = page_of(qsnap::test::hostile_page());
  // The ends and beginnings of elements that the corpus has, and a report never.
  for (const std::string_view word : {"<img", "<iframe", "<svg/", "<form action", "<base", "<link", "<noscript",
                                      "<textarea", "</textarea", "<meta http-equiv=r", "<details open ontoggle",
                                      "<a href=\"javascript", "<!--", "\" onfocus", "' onfocus", "<script>canary"}) {
    CAPTURE(word);
    CHECK_FALSE(contains(markup_of(page), word));
  }
  CHECK(occurrences(page, "<script") == 2);  // the data, and the program's own
  CHECK(occurrences(page, "</script") == 2);
  CHECK(occurrences(page, "<style") == 1);
  CHECK(occurrences(page, "</style") == 1);
}

TEST_CASE("every character that could end a text or hide in it is written otherwise") {
  CHECK(Html{}.text("a<b>&\"c'").take() == "a&lt;b&gt;&amp;&quot;c&#39;");
  CHECK(Html{}.text("\x1b[31m\n\xff\xe2\x80\xae").take() == "\\x1b[31m\\n\\xff\\u{202e}");
  CHECK(Html{}.text("日本 🚀").take() == "日本 🚀");
  CHECK(qsnap::report::script_data("{\"a\":\"</script><!-- & -->\"}") ==
        "{\"a\":\"\\u003c/script\\u003e\\u003c!-- \\u0026 --\\u003e\"}");
}

TEST_CASE("words that differ are marked on both sides") {
  auto [before, after] = marked_values("ship to the old address", "ship to the new address");
  CHECK(before.take() == "ship to the <del>old</del> address");
  CHECK(after.take() == "ship to the <ins>new</ins> address");
}

TEST_CASE("of long values, what is around the first difference is shown, and how much is not") {
  const std::string front(100'000, 'x');
  auto [before, after] = marked_values(front + " <one>" + front, front + " <two>" + front);
  const std::string old_part = before.take();
  CHECK(old_part.size() < 6000);
  CHECK(contains(old_part, "… 98 KiB more"));
  CHECK(contains(old_part, "&lt;<del>one"));
  CHECK(contains(after.take(), "&lt;<ins>two"));
  auto [begin, longer] = marked_values(front, front + "y");
  CHECK(contains(begin.take(), "more </span><del>xxx"));
  CHECK(contains(longer.take(), "<ins>"));
}

TEST_CASE("what was added or removed is shown with its record") {
  auto change = qsnap::test::rich::change(ChangeKind::added, qsnap::diff::Subject::job, "7", "send");
  change.after = {"bullmq:bull:email", "waiting"};
  change.record = R"({"payload":{"to":"<b>"},"state":"waiting"})";
  const std::string page = page_of(one_change(change));
  CHECK(contains(page,
                 "<pre tabindex=\"0\" aria-label=\"The record\">{\n  &quot;payload&quot;: {\n    "
                 "&quot;to&quot;: &quot;&lt;b&gt;&quot;\n  },\n"));
}

TEST_CASE("a group lists its members with what differs between them, and says how many it leaves out") {
  DiffReport report = qsnap::test::many_changes(0);
  auto& list = report.snapshots.front().changes.list;
  for (int i = 0; i < 700; ++i) {
    list.push_back(qsnap::test::rich::job(
        ChangeKind::payload_changed, "id-" + std::to_string(i), "send", {"bullmq:bull:email", "waiting"},
        {{".payload.page", std::to_string(i), std::to_string(i + 1)}, {".payload.unit", "\"EUR\"", "\"USD\""}}));
  }
  const std::string page = page_of(report);
  CHECK(occurrences(page, "<details class=\"group\"") == 1);
  CHECK(contains(page, "<p class=\"soft\">All 700 of them:</p>"));
  CHECK(occurrences(between(page, "id=\"changes\"", "<script"), ">payload.unit<") == 1);
  CHECK(contains(page, ">id-499<"));
  CHECK_FALSE(contains(page, ">id-500<"));
  CHECK(contains(page, "… 200 more in the JSON"));
  CHECK(contains(between(page, "type=\"application/json\"", "</script>"), "id-699"));
}

TEST_CASE("a page of very many changes stays of a size that a browser opens, and says what it left out") {
  const std::string page = page_of(qsnap::test::many_changes(60'000));
  CHECK(page.size() < 20'000'000);
  CHECK(contains(page, "more changes in the JSON</p>"));
  CHECK_FALSE(contains(page, "application/json"));
  CHECK(contains(page, "is too long for a page"));
}

TEST_CASE("of very many queues and states a page has the first, and counts the others") {
  DiffReport report = qsnap::test::many_changes(0);
  qsnap::diff::Changes& changes = report.snapshots.front().changes;
  for (int i = 0; i < 1500; ++i) {
    const std::string queue = fmt::format("bullmq:bull:q{:04}", i);
    changes.queues[queue] = {{{"waiting", 1}}, {{"failed", 1}}};
    changes.list.push_back(
        qsnap::test::rich::job(ChangeKind::moved, std::to_string(i), "send", {queue, "waiting"}, {}));
  }
  for (int i = 0; i < 70; ++i) {
    changes.queues["bullmq:bull:q0000"].after[fmt::format("state-{:02}", i)] = 2;
  }
  const std::string page = page_of(report);
  const std::string_view shown = std::string_view{page}.substr(0, page.find("application/json"));
  CHECK(occurrences(shown, "<section class=\"block\"") == 1000);
  CHECK(occurrences(shown, "<option value=\"bullmq") == 1000);
  CHECK(contains(shown, "… and 500 more queues with 500 changes in the JSON"));
  CHECK(contains(shown, "22 other states"));
  CHECK(contains(shown, "1 → 141"));
}

TEST_CASE("a live side that differs is approved by saving it; no word of a snapshot gets into a command") {
  auto change = qsnap::test::rich::change(ChangeKind::removed, qsnap::diff::Subject::job, "7", "send");
  change.before = {"bullmq:bull:email", "waiting"};
  DiffReport report = one_change(change);
  CHECK(contains(page_of(report), ">git qsnap save test-cases/one\n"));
  report.snapshots.front().sides.before = "HEAD:one";
  CHECK_FALSE(contains(page_of(report), "git qsnap save"));
  CHECK(contains(page_of(report), "git qsnap diff HEAD:one live"));
  for (const std::string_view word : {"a b", "$(reboot)", "--output=x", "one;two", "~root", "a\nb"}) {
    CAPTURE(word);
    report.snapshots.front().sides.before = word;
    CHECK_FALSE(contains(page_of(report), "id=\"commands\""));
  }
}

TEST_CASE("a comparison without a difference is a page, too") {
  DiffReport report = qsnap::test::rich_report();
  report.snapshots.front().changes = {};
  const std::string page = page_of(report);
  CHECK(contains(page, "no difference in meaning"));
  CHECK_FALSE(contains(page, "id=\"filter\""));
}
