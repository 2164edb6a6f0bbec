// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <support/golden.hpp>
#include <support/rich_report.hpp>

#include <qsnap/report/diff_faces.hpp>

namespace {

using qsnap::Result;
using qsnap::report::DiffReport;

std::string annotations(const DiffReport& report) {
  std::string text;
  REQUIRE(qsnap::report::write_github_annotations(report, [&](std::string_view piece) -> Result<void> {
            text += piece;
            return {};
          }).has_value());
  return text;
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// Jobs of different names that went to `state`.
void add_moves(DiffReport& report, int jobs, const std::string& state) {
  for (int i = 0; i < jobs; ++i) {
    report.snapshots.front().changes.list.push_back(
        qsnap::test::rich::moved("1", state + std::to_string(i), {"q", "waiting"}, {"q", state}));
  }
}

}  // namespace

TEST_SUITE("qsnap::report GitHub annotations") {
  TEST_CASE("a range of commits reads as it always did") {
    const std::string text = annotations(qsnap::test::rich_range());
    CHECK(text == qsnap::test::golden("diff/range.github.txt", text));
  }

  TEST_CASE("the worst come first, at most nine of a kind, and what is left out is counted") {
    DiffReport report;
    report.snapshots.emplace_back();
    add_moves(report, 30, "completed");
    add_moves(report, 12, "failed");
    const std::string text = annotations(report);
    CHECK(text.starts_with("::error title="));
    CHECK(occurrences(text, "::error ") == 9);
    CHECK(occurrences(text, "::warning ") == 9);
    CHECK(text.ends_with("::notice title=git-qsnap::24 more lines in the report\n"));
  }

  TEST_CASE("nothing in a text ends a line, a property or a command") {
    DiffReport report;
    report.snapshots.emplace_back();
    report.snapshots.front().name = "a:b,c%0A\n::error::x";
    report.snapshots.front().file = "x,line=7::y\r";
    report.snapshots.front().status = qsnap::report::SnapshotStatus::unreadable;
    report.snapshots.front().trouble = "100%\r\n::stop-commands::z";
    CHECK(annotations(report) ==
          "::error file=x%2Cline=7%3A%3Ay\\x0d,line=1,title=a%3Ab%2Cc%250A\\n%3A%3Aerror%3A%3Ax::"
          "100%25\\x0d\\n::stop-commands::z\n");
  }

  TEST_CASE("equal sides need no annotation") {
    DiffReport report;
    report.snapshots.emplace_back();
    CHECK(annotations(report).empty());
  }
}
