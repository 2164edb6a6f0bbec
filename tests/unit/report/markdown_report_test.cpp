// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/golden.hpp>
#include <support/rich_report.hpp>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/markdown_report.hpp>
#include <qsnap/report/markdown_text.hpp>

namespace {

using qsnap::Result;
using qsnap::report::DiffReport;
using qsnap::report::FaceOptions;
using qsnap::report::Output;
using qsnap::report::SnapshotDiff;
using qsnap::test::rich_range;
using qsnap::test::rich_report;

using Face = Result<void> (*)(const DiffReport&, const FaceOptions&, const Output&);

std::string rendered(Face face, const DiffReport& report, const FaceOptions& options = {}) {
  std::string text;
  const Result<void> result = face(report, options, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  });
  REQUIRE(result.has_value());
  return text;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// Every fence that is opened is closed by a line of as many backticks, and no <details> is left open.
bool is_closed(std::string_view text) {
  std::string fence;
  std::size_t open = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view ticks = line.substr(0, std::min(line.find_first_not_of('`'), line.size()));
    if (!fence.empty()) {
      fence = line == fence ? std::string{} : fence;
    } else if (ticks.size() >= 3) {
      fence = ticks;
    } else if (line.starts_with("<details")) {
      ++open;
    } else if (line == "</details>") {
      --open;
    }
  }
  return fence.empty() && open == 0;
}

/// `jobs` that went to failed, all of them of another name, in so many queues.
DiffReport failed_jobs(int jobs, int queues, const std::string& name = "job") {
  DiffReport report;
  report.program_version = "0.6.0";
  SnapshotDiff diff;
  diff.name = "test-cases/big";
  diff.sides.before = "HEAD:big";
  diff.sides.after = "live";
  for (int i = 0; i < jobs; ++i) {
    const std::string queue = "bullmq:bull:" + std::to_string(i % queues);
    diff.changes.list.push_back(
        qsnap::test::rich::moved(std::to_string(i), name + std::to_string(i), {queue, "waiting"}, {queue, "failed"}));
    ++diff.changes.queues[queue].before["waiting"];
    ++diff.changes.queues[queue].after["failed"];
  }
  report.snapshots.push_back(std::move(diff));
  return report;
}

DiffReport repeated(DiffReport report, int snapshots) {
  report.range = "v1..v2";
  const SnapshotDiff first = report.snapshots.front();
  for (int i = 1; i < snapshots; ++i) {
    report.snapshots.push_back(first);
    report.snapshots.back().name += std::to_string(i);
  }
  return report;
}

std::string last_but_foot(std::string_view text) {
  text.remove_suffix(text.size() - text.rfind("\n\nCompared "));
  return std::string{text.substr(text.rfind('\n') + 1)};
}

}  // namespace

TEST_SUITE("qsnap::report Markdown") {
  TEST_CASE("a range of commits reads as it always did") {
    FaceOptions options;
    options.show_ignored = true;
    const std::string text = rendered(qsnap::report::write_markdown, rich_range(), options);
    CHECK(text == qsnap::test::golden("diff/range.md", text));
    CHECK(is_closed(text));
  }

  TEST_CASE("a comparison of two sides, equal ones and no snapshots at all have a verdict") {
    const std::string text = rendered(qsnap::report::write_markdown, rich_report());
    CHECK(text.starts_with("### `test-cases/checkout-flow` differs\n\n71 changes: "));
    CHECK(occurrences(text, "<details open>") == 1);
    DiffReport equal = rich_report();
    equal.snapshots.front().changes = {};
    equal.snapshots.front().changes.ignored = {{"volatile", 2}};
    CHECK(rendered(qsnap::report::write_markdown, equal) ==
          "### `test-cases/checkout-flow`: no difference in meaning\n\n"
          "2 differences ignored (2 in `ids and times`).\n\nCompared by git-qsnap 0.6.0\n");
    DiffReport range;
    range.range = "v1..v2";
    range.unchanged = 12;
    CHECK(rendered(qsnap::report::write_markdown, range)
              .starts_with("### 12 queue snapshots: no difference in meaning\n"));
    range.unchanged = 0;
    CHECK(rendered(qsnap::report::write_markdown, range).starts_with("### No queue snapshots to compare\n"));
  }

  TEST_CASE("a comment begins with a marker that no key can break out of") {
    FaceOptions options;
    options.comment_key = "test (ubuntu-22.04, --x) --> <b>\n";
    const std::string text = rendered(qsnap::report::write_github_comment, rich_range(), options);
    CHECK(
        text.starts_with("<!-- git-qsnap:pr-comment v1 "
                         "key=test%20%28ubuntu-22.04%2C%20-%2Dx%29%20-%2D%3E%20%3Cb%3E%0A -->\n### 122 queue"));
    options.comment_key = std::string(201, 'k');
    const auto refused =
        qsnap::report::write_github_comment(rich_range(), options, [](std::string_view) { return Result<void>{}; });
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == qsnap::ErrorCode::usage);
  }

  TEST_CASE("a comment tells less and less, closes what it opens, and says what it left out") {
    struct Case {
      DiffReport report;
      std::string ending;
    };
    const std::vector<Case> cases = {
        {failed_jobs(10, 3), "</details>"},
        {failed_jobs(1000, 3), "</details>"},
        {failed_jobs(10'000, 3), "Shortened to fit: the report has every change."},
        {failed_jobs(10'000, 2000), "Shortened to fit: the report has every change."},
        {repeated(failed_jobs(1000, 3), 100), "Shortened to fit: 36 more snapshots in the report."},
    };
    for (const Case& of : cases) {
      const std::string text = rendered(qsnap::report::write_github_comment, of.report);
      CHECK(characters(text) <= 60'000);
      CHECK(text.size() <= 240'000);
      CHECK(is_closed(text));
      CHECK(last_but_foot(text) == of.ending);
    }
    const std::string large = rendered(qsnap::report::write_github_comment, failed_jobs(100'000, 50));
    CHECK(characters(large) <= 60'000);
    CHECK(occurrences(large, "\n! job ") == 20 * 50);
    CHECK(occurrences(large, "\n  … and 1980 more changes\n") == 50);
  }

  TEST_CASE("whatever the budget, what is written fits and is closed") {
    const DiffReport rich = repeated(rich_range(), 3);
    const DiffReport wide = failed_jobs(300, 40, "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀");
    constexpr std::size_t most = 240'000;
    std::size_t shorter = 0;
    for (std::size_t budget = 40'000; budget > 100; budget = budget * 4 / 5) {
      for (const DiffReport* report : {&rich, &wide}) {
        for (const auto& [characters_left, bytes_left] : {std::pair{budget, most}, std::pair{most, budget}}) {
          FaceOptions options;
          options.comment_characters = characters_left;
          options.comment_bytes = bytes_left;
          std::string text;
          const auto result = qsnap::report::write_short_markdown(*report, options, [&](std::string_view piece) {
            text += piece;
            return Result<void>{};
          });
          CHECK((characters(text) <= options.comment_characters && text.size() <= options.comment_bytes));
          CHECK(is_closed(text));
          CHECK((result.has_value() ? text.ends_with("by git-qsnap 0.6.0\n") : text.empty()));
          shorter += occurrences(text, "Shortened to fit");
        }
      }
    }
    CHECK(shorter > 50);
  }

  TEST_CASE("a code span shows what it got, whatever that is") {
    using qsnap::report::markdown_cell_code;
    using qsnap::report::markdown_code;
    using qsnap::report::markdown_html_code;
    CHECK(markdown_code("plain", 20) == "`plain`");
    CHECK(markdown_code("a`b``c", 20) == "```a`b``c```");
    CHECK(markdown_code("`x", 20) == "`` `x ``");
    CHECK(markdown_code(" x ", 20) == "`  x  `");
    CHECK(markdown_code("  ", 20) == "`  `");
    CHECK(markdown_code("", 20) == "(empty)");
    CHECK(markdown_code("a\nb\u202e\xff", 20) == "`a\\nb\\u{202e}\\xff`");
    CHECK(markdown_code("0123456789", 5) == "`0123… (6 more characters)`");
    CHECK(markdown_cell_code("a|b", 20) == "`a\\|b`");
    CHECK(markdown_cell_code("a\\|b||", 20) == "`a\\\\x7cb\\|\\|`");
    CHECK(markdown_html_code("</code>&\"@x", 20) == "<code>&lt;/code&gt;&amp;&quot;@x</code>");
    CHECK(qsnap::report::markdown_fence("diff", {"- ``` x", "+ ````"}) == "`````diff\n- ``` x\n+ ````\n`````\n");
  }

  TEST_CASE("values that are cut show where they differ") {
    const std::string text = rendered(qsnap::report::write_markdown, rich_report());
    CHECK(occurrences(text, "xone\n") == 1);
    CHECK(occurrences(text, "xtwo\n") == 1);
    CHECK(occurrences(text, "x jumps over the lazy cat and the quick dog\n") == 1);
    CHECK(occurrences(text, " more characters)") == 1);
  }
}
