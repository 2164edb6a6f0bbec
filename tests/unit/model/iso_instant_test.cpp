// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/model/iso_instant.hpp>

TEST_SUITE_BEGIN("qsnap::model");

namespace qsnap::model {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::string moved(std::string_view text, milliseconds delta) {
  const auto instant = IsoInstant::parse(text);
  const auto result = instant ? instant->moved(delta) : std::nullopt;
  return result ? result->text() : "none";
}

}  // namespace

TEST_CASE("an ISO instant is printed as it was found, and tells its milliseconds") {
  struct Case {
    const char* text;
    std::int64_t ms;
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-11-20T10:00:00", 1795168800000},
      {"2026-11-20 10:00:00", 1795168800000},
      {"2026-11-20T10:00:00.5", 1795168800500},
      {"2026-11-20T10:00:00.123456Z", 1795168800123},
      {"2026-11-20T10:00:00.123456789Z", 1795168800123},
      {"2026-11-20T10:00:00+00:00", 1795168800000},
      {"2026-11-20T10:00:00.000+0000", 1795168800000},
      {"2026-11-20T10:00:00+05:30", 1795149000000},
      {"2026-11-20T10:00:00-0800", 1795197600000},
      {"2026-11-20T10:00:00-00:00", 1795168800000},
      {"2026-11-20 10:00:00 +0100", 1795165200000},
      {"2026/11/20 10:00:00 UTC", 1795168800000},
      {"2024-02-29T23:59:59.999Z", 1709251199999},
      {"1969-12-31T23:59:59.999Z", -1},
      {"0001-01-01T00:00:00Z", -62135596800000},
      {"9999-12-31T23:59:59.999999999Z", 253402300799999},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto instant = IsoInstant::parse(c.text);
    REQUIRE(instant);
    CHECK(instant->text() == c.text);
    CHECK(instant->since_epoch().count() == c.ms);
  }
}

TEST_CASE("what is not of the form, or in no calendar, is no ISO instant") {
  const std::vector<std::string> texts = {
      "",
      "2026-11-20",
      "2026-11-20T10:00",
      "2026-11-20T10:00:00.",
      "2026-11-20T10:00:00.1234567890",
      "2026-11-20T10:00:00,5Z",
      "2026-11-20t10:00:00z",
      "2026-11-20T10:00:00 ",
      "2026-11-20T10:00:00+1:00",
      "2026-11-20T10:00:00+24:00",
      "2026-11-20T10:00:00+01:60",
      "2026-11-20T10:00:00 +01:00",
      "2026-11-20T10:00:00ZZ",
      "2026-11-20T10:00:00 CET",
      "2026-11-20T24:00:00Z",
      "2026-11-20T10:60:00Z",
      "2026-12-31T23:59:60Z",
      "2026-02-29T10:00:00Z",
      "2026-00-10T10:00:00Z",
      "2026-13-10T10:00:00Z",
      "2026-11-00T10:00:00Z",
      "2026-11/20T10:00:00Z",
      "26-11-20T10:00:00Z",
      "+2026-11-20T10:00:00Z",
      "2026-11-20T1 :00:00Z",
      std::string("2026-11-20T10:00:00\0", 20),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK_FALSE(IsoInstant::parse(text));
  }
}

TEST_CASE("an ISO instant moves over days and years and keeps its form") {
  CHECK(moved("2026-12-31T23:59:59.999999Z", milliseconds{1}) == "2027-01-01T00:00:00.000999Z");
  CHECK(moved("2027-01-01T00:00:00.000999Z", milliseconds{-1}) == "2026-12-31T23:59:59.999999Z");
  CHECK(moved("2024-02-28 12:00:00", hours{24}) == "2024-02-29 12:00:00");
  CHECK(moved("2023-02-28 12:00:00", hours{24}) == "2023-03-01 12:00:00");
  CHECK(moved("2000-02-28T12:00:00+05:30", hours{48}) == "2000-03-01T12:00:00+05:30");
  CHECK(moved("1900-02-28T12:00:00Z", hours{24}) == "1900-03-01T12:00:00Z");
  CHECK(moved("2026/11/20 10:00:00 UTC", hours{24 * 365}) == "2027/11/20 10:00:00 UTC");
  CHECK(moved("2026-11-20T10:00:00.5Z", milliseconds{1234}) == "2026-11-20T10:00:01.7Z");
  CHECK(moved("2026-11-20T10:00:00.123456789Z", milliseconds{-124}) == "2026-11-20T09:59:59.999456789Z");
  CHECK(moved("2026-11-20T10:00:00", milliseconds{999}) == "2026-11-20T10:00:00");
}

TEST_CASE("an ISO instant does not leave the years of four digits") {
  CHECK(moved("9999-12-31T23:59:59.999Z", milliseconds{0}) == "9999-12-31T23:59:59.999Z");
  CHECK(moved("9999-12-31T23:59:59.999Z", milliseconds{1}) == "none");
  CHECK(moved("0000-01-01T00:00:00Z", milliseconds{-1}) == "none");
  CHECK(moved("2026-11-20T10:00:00Z", milliseconds::max()) == "none");
  CHECK(moved("2026-11-20T10:00:00Z", milliseconds::min()) == "none");
}

}  // namespace qsnap::model
TEST_SUITE_END();
