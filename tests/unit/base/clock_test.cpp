// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/base/clock.hpp>

TEST_SUITE_BEGIN("qsnap::Instant");

namespace qsnap {

TEST_CASE("an instant is printed with milliseconds and reads back") {
  const Instant at = instant_from_ms(1795168744780);
  CHECK(format_instant(at) == "2026-11-20T09:59:04.780Z");
  CHECK(parse_instant(format_instant(at)) == at);
  CHECK(format_instant(instant_from_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(parse_instant("2024-02-29T23:59:59.999Z"));
}

TEST_CASE("nothing but the one spelling is an instant") {
  for (const char* bad :
       {"", "2026-11-20", "2026-11-20T09:59:04Z", "2026-11-20 09:59:04.780Z", "2026-13-20T09:59:04.780Z",
        "2023-02-29T00:00:00.000Z", "2026-11-20T24:00:00.000Z", "2026-11-20T09:60:00.000Z", "2026-11-20T09:59:04.780z",
        "-026-11-20T09:59:04.780Z", "2026-11-20T09:59:04.7800Z"}) {
    CHECK_MESSAGE(!parse_instant(bad), bad);
  }
}

}  // namespace qsnap
TEST_SUITE_END();
