// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/golden.hpp>
#include <support/rich_report.hpp>

#include <qsnap/base/split.hpp>
#include <qsnap/report/diff_faces.hpp>

#include "rendered.hpp"

namespace {

using namespace qsnap::report;
using qsnap::diff::Change;
using qsnap::diff::ChangeKind;
using qsnap::test::golden;
using qsnap::test::rich_range;
using qsnap::test::rich_report;

std::string json(const DiffReport& report) {
  return rendered([&](const Output& out) { return write_json(report, out); });
}

std::string ndjson(const DiffReport& report) {
  return rendered([&](const Output& out) { return write_ndjson(report, out); });
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

DiffReport one(Change change) {
  DiffReport report;
  report.snapshots.emplace_back().changes.list.push_back(std::move(change));
  return report;
}

}  // namespace

TEST_SUITE("qsnap::report::write_json") {
  TEST_CASE("two equal sides are a document that says so") {
    DiffReport report;
    SnapshotDiff& diff = report.snapshots.emplace_back();
    diff.sides.before = "a";
    diff.sides.after = "live";
    CHECK(json(report) ==
          R"({"schema":"qsnap.diff/1","before":"a","after":"live","before_consistency":"point-in-time",)"
          R"("after_consistency":"point-in-time","capture":null,"equal":true,"changes":[],"queues":{},"ignored":[],)"
          R"("unmatched_rules":[]})"
          "\n");
  }

  TEST_CASE("a range has each of its snapshots, what became of it, and how many there are beside") {
    const std::string text = json(rich_range());
    CHECK(text.starts_with(
        R"({"schema":"qsnap.diff-set/1","range":"origin/main...HEAD","equal":false,"unchanged":117,)"));
    for (const std::string_view status : {"compared", "added", "removed", "unreadable"}) {
      CAPTURE(status);
      CHECK(contains(text, R"("status":")" + std::string{status} + '"'));
    }
    CHECK(contains(text, R"("trouble":"HEAD:test-cases/broken has unresolved conflicts)"));
  }

  TEST_CASE("an empty range is equal") {
    DiffReport report;
    report.range = "a..b";
    report.unchanged = 3;
    CHECK(
        json(report) ==
        R"({"schema":"qsnap.diff-set/1","range":"a..b","equal":true,"unchanged":3,"snapshots":[],"unmatched_rules":[]})"
        "\n");
  }

  TEST_CASE("what makes one side of the other is there: places, records and values as they stand") {
    Change moved;
    moved.kind = ChangeKind::moved;
    moved.before = {"bullmq:bull:mail", "waiting"};
    moved.after = {"bullmq:bull:mail", "failed"};
    moved.before_index = 7;
    moved.after_index = 0;
    moved.encoded = {{".payload", R"("eJw=")", {}}};
    CHECK(contains(json(one(moved)), R"("from":{"queue":"bullmq:bull:mail","state":"waiting","index":7},)"
                                     R"("to":{"queue":"bullmq:bull:mail","state":"failed","index":0},"fields":[],)"
                                     R"("encoded":[{"path":".payload","before":"eJw="}]})"));
    Change added;
    added.kind = ChangeKind::added;
    added.after = {"bullmq:bull:mail", ""};
    added.record = R"({"queue":"bullmq:bull:mail"})";
    const std::string text = json(one(added));
    CHECK(contains(text, R"("to":{"queue":"bullmq:bull:mail"},"fields":[],"record":{"queue":"bullmq:bull:mail"}})"));
    CHECK_FALSE(contains(text, "\"from\""));
  }

  TEST_CASE("no byte of it commands a terminal or hides from a reader") {
    for (const std::string& text : {json(rich_report()), json(rich_range()), ndjson(rich_range())}) {
      CHECK(std::none_of(text.begin(), text.end() - 1,
                         [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; }));
      CHECK_FALSE(contains(text, "\u202e"));
      CHECK_FALSE(contains(text, "\u200b"));
    }
  }

  TEST_CASE("goes out piece by piece, and no further than the output takes it") {
    DiffReport report = rich_report();
    auto& list = report.snapshots.front().changes.list;
    const std::vector<Change> few = list;
    for (int i = 0; i < 200; ++i) {
      list.insert(list.end(), few.begin(), few.end());
    }
    std::size_t pieces = 0, longest = 0;
    CHECK(write_json(report, [&](std::string_view piece) -> qsnap::Result<void> {
      ++pieces;
      longest = std::max(longest, piece.size());
      return {};
    }));
    CHECK(pieces > 5);
    CHECK(longest < std::size_t{512} * 1024);
    std::size_t taken = 0;
    const auto written = write_json(report, [&](std::string_view /*piece*/) -> qsnap::Result<void> {
      ++taken;
      return qsnap::make_error(qsnap::ErrorCode::io, "full");
    });
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().message == "full");
    CHECK(taken == 1);
  }
}

TEST_SUITE("qsnap::report::write_ndjson") {
  TEST_CASE("is what it was") {
    DiffReport report = rich_range();
    auto& list = report.snapshots.front().changes.list;
    std::erase_if(list, [](const Change& change) {  // the other faces show that values may be long
      return std::any_of(change.fields.begin(), change.fields.end(),
                         [](const auto& field) { return field.after.value_or("").size() > 1000; });
    });
    list.erase(list.begin() + 2, list.begin() + 32);  // alike
    const std::string text = ndjson(report);
    CHECK(golden("diff/range.ndjson", text) == text);
  }

  TEST_CASE("has the members of the document's changes, and a last line that counts the others") {
    const DiffReport report = rich_range();
    const std::string document = json(report), text = ndjson(report);
    const std::vector<std::string_view> lines = qsnap::split(text, '\n');
    std::size_t changes = 0;
    for (const std::string_view line : lines) {
      if (contains(line.substr(0, 64), R"("type":"change")")) {
        ++changes;
        CHECK(contains(document, line.substr(line.find(R"("kind":)"))));
      }
    }
    std::size_t listed = 0;
    for (const SnapshotDiff& diff : report.snapshots) {
      listed += diff.changes.list.size();
    }
    CHECK(changes == listed);
    CHECK(lines.back().starts_with(R"({"schema":"qsnap.diff-line/1","type":"end",)"));
    CHECK(contains(lines.back(), R"("changes":)" + std::to_string(listed)));
  }
}

TEST_SUITE("qsnap::report::write_diff") {
  TEST_CASE("knows every format by its word") {
    std::vector<std::string_view> words;
    for (int format = 0; format <= static_cast<int>(DiffFormat::github); ++format) {
      const auto here = static_cast<DiffFormat>(format);
      words.push_back(to_text(here));
      CAPTURE(words.back());
      CHECK_FALSE(rendered([&](const Output& out) { return write_diff(rich_range(), here, {}, out); }).empty());
    }
    std::sort(words.begin(), words.end());
    CHECK(std::adjacent_find(words.begin(), words.end()) == words.end());
  }
}
