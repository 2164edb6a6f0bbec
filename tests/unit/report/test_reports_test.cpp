// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <support/golden.hpp>
#include <support/rich_report.hpp>

#include <qsnap/report/diff_faces.hpp>

namespace {

using qsnap::ErrorCode;
using qsnap::make_error;
using qsnap::Result;
using qsnap::report::DiffReport;
using qsnap::report::Output;
using qsnap::test::rich_range;
using qsnap::test::rich_report;

std::string junit(const DiffReport& report) {
  std::string text;
  REQUIRE(qsnap::report::write_junit(report, {}, [&](std::string_view piece) -> Result<void> {
            text += piece;
            return {};
          }).has_value());
  return text;
}

std::string tap(const DiffReport& report) {
  std::string text;
  REQUIRE(qsnap::report::write_tap(report, {}, [&](std::string_view piece) -> Result<void> {
            text += piece;
            return {};
          }).has_value());
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

DiffReport equal_report() {
  DiffReport report = rich_report();
  report.snapshots.front().changes = {};
  report.snapshots.front().sides.notes = {};
  return report;
}

}  // namespace

TEST_SUITE("qsnap::report JUnit and TAP") {
  TEST_CASE("a range of commits reads as it always did") {
    DiffReport report = rich_range();
    report.unmatched_rules = {"jobs.payload.<b>#"};
    CHECK(junit(report) == qsnap::test::golden("diff/range.junit.xml", junit(report)));
    CHECK(tap(report) == qsnap::test::golden("diff/range.tap", tap(report)));
  }

  TEST_CASE("an equal snapshot is a test that passes") {
    CHECK(contains(junit(equal_report()), R"(tests="1" failures="0")"));
    CHECK_FALSE(contains(junit(equal_report()), "<failure"));
    constexpr const char* k_torn = "warning: live is not a point in time (--consistency=none)\n";
    CHECK(tap(equal_report()) == std::string{"TAP version 14\n1..1\nok 1 - test-cases/checkout-flow\n# "} + k_torn);
    CHECK(contains(junit(equal_report()), std::string{"test-cases/checkout-flow: "} + k_torn));
  }

  TEST_CASE("what does not differ is one test, so that no run is empty") {
    DiffReport report;
    report.unchanged = 1;
    CHECK(tap(report) == "TAP version 14\n1..1\nok 1 - 1 snapshot does not differ\n");
    CHECK(contains(junit(report), R"(<testcase classname="snapshots" name="1 snapshot does not differ" time="0" />)"));
    report.unchanged = 0;
    CHECK(tap(report) == "TAP version 14\n1..1\nok 1 - no snapshot to compare\n");
  }

  TEST_CASE("a name is no directive, no markup and no control character") {
    DiffReport report = rich_report();
    report.snapshots.front().name = "a/b # SKIP \\ \x01\xff\uffff <x>\n";
    CHECK(contains(tap(report), "not ok 1 - a/b \\# SKIP \\\\ \\\\x01\\\\xff\\\\u{ffff} <x>\\\\n: 71 changes"));
    CHECK(contains(junit(report), "classname=\"a\" name=\"b # SKIP \\ \\x01\\xff\\u{ffff} &lt;x>\\n\""));
    report.snapshots.front().name = "old/a.qsnap → new/b.qsnap";
    CHECK(contains(junit(report), R"(classname="snapshots" name="old/a.qsnap → new/b.qsnap")"));
  }

  TEST_CASE("an output that fails fails the report") {
    const Output broken = [](std::string_view) -> Result<void> { return make_error(ErrorCode::io, "no space left"); };
    CHECK_FALSE(qsnap::report::write_junit(rich_range(), {}, broken).has_value());
    CHECK_FALSE(qsnap::report::write_tap(rich_range(), {}, broken).has_value());
    CHECK_FALSE(qsnap::report::write_github_comment(rich_range(), {}, broken).has_value());
    CHECK_FALSE(qsnap::report::write_markdown(rich_range(), {}, broken).has_value());
    CHECK_FALSE(qsnap::report::write_github_annotations(rich_range(), broken).has_value());
  }
}
