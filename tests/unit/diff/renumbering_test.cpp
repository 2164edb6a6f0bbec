// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/diff/renumbering.hpp>

using qsnap::diff::Renumbering;

TEST_CASE("each value before stands for one value after, and the other way round") {
  Renumbering ids;
  CHECK(ids.agrees(R"("a")", R"("x")"));
  CHECK(ids.agrees(R"("a")", R"("x")"));
  CHECK(ids.agrees(R"("b")", R"("y")"));
  CHECK(!ids.agrees(R"("a")", R"("y")"));  // one became two
  CHECK(!ids.agrees(R"("a")", R"("z")"));
  CHECK(!ids.agrees(R"("c")", R"("x")"));  // two became one
  CHECK(ids.agrees(R"("c")", R"("z")"));   // what did not agree left no trace
  CHECK(ids.agrees(R"("a")", R"("x")"));
}

TEST_CASE("an id stays of its kind, and null, booleans and containers are no ids") {
  Renumbering ids;
  CHECK(ids.agrees("1", "-7"));
  CHECK(!ids.agrees("2", R"("2")"));
  CHECK(!ids.agrees(R"("2")", "2"));
  for (const char* none : {"null", "true", "{}", "[]", ""}) {
    CHECK(!ids.agrees(none, "3"));
    CHECK(!ids.agrees("3", none));
    CHECK(!ids.agrees(none, none));
  }
}
