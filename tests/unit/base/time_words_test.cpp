// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/time_words.hpp>

using qsnap::parse_time_words;

namespace {

const qsnap::Instant k_now = *qsnap::parse_instant("2026-11-21T10:20:30.400Z");

std::string read(std::string_view words) {
  const auto at = parse_time_words(words, k_now);
  return at ? qsnap::format_instant(*at) : at.error().message;
}

}  // namespace

TEST_SUITE("parse_time_words") {
  TEST_CASE("words are reckoned from now") {
    CHECK(read("now") == "2026-11-21T10:20:30.400Z");
    CHECK(read("yesterday") == "2026-11-20T10:20:30.400Z");
    CHECK(read("1 second ago") == "2026-11-21T10:20:29.400Z");
    CHECK(read("90 minutes ago") == "2026-11-21T08:50:30.400Z");
    CHECK(read("3 hours ago") == "2026-11-21T07:20:30.400Z");
    CHECK(read("2 days ago") == "2026-11-19T10:20:30.400Z");
    CHECK(read("2 weeks ago") == "2026-11-07T10:20:30.400Z");
    CHECK(read("1 month ago") == "2026-10-22T10:20:30.400Z");
    CHECK(read("1 year ago") == "2025-11-21T10:20:30.400Z");
    CHECK(read("0 days ago") == read("now"));
  }

  TEST_CASE("dates are of UTC, and a day means its end") {
    CHECK(read("2026-11-20") == "2026-11-20T23:59:59.999Z");
    CHECK(read("2026-11-20 10:05") == "2026-11-20T10:05:00.000Z");
    CHECK(read("2026-11-20 10:05:07") == "2026-11-20T10:05:07.000Z");
    CHECK(read("2026-11-20T10:05:07Z") == "2026-11-20T10:05:07.000Z");
    CHECK(read("2026-11-20T10:05:07.123Z") == "2026-11-20T10:05:07.123Z");
  }

  TEST_CASE("what is none of these is an error, and never now") {
    for (const char* words : {"",
                              " ",
                              "tomorrow",
                              "last week",
                              "3 hours",
                              "hours ago",
                              "-1 days ago",
                              "3  days ago",
                              "3 fortnights ago",
                              "1.5 hours ago",
                              "99999999999999999999 days ago",
                              "1000000000 years ago",
                              "2026-02-30",
                              "2026-13-01",
                              "2026-1-2",
                              "2026-11-20 25:00",
                              "2026-11-20 10:5",
                              "2026-11-20T10:05:07",
                              "2026-11-20T10:05:07+01:00",
                              "2026-11-20 now"}) {
      CAPTURE(words);
      const auto at = parse_time_words(words, k_now);
      REQUIRE_FALSE(at);
      CHECK(at.error().code == qsnap::ErrorCode::usage);
      CHECK_FALSE(at.error().hints.empty());
    }
  }
}
