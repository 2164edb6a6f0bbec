// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <doctest/doctest.h>

#include <qsnap/model/record.hpp>
#include <qsnap/model/time_shift.hpp>

TEST_SUITE_BEGIN("qsnap::model");

namespace qsnap::model {

TEST_CASE("a time shift moves every instant and nothing else") {
  using std::chrono::milliseconds;
  struct Case {
    const char* name;
    const char* before;
    milliseconds delta;
    const char* after;
  };
  const Case cases[] = {
      {"created_at_ms", "1795168744780", milliseconds{1500}, "1795168746280"},
      {"created_at_ms", "1795168744780", milliseconds{-780}, "1795168744000"},
      {"created_at_s", "1795168744.1234567", milliseconds{1500}, "1795168745.6234567"},
      {"created_at_s", "1795168744.5", milliseconds{1}, "1795168744.501"},
      {"created_at_s", "1795168744", milliseconds{2000}, "1795168746"},
      {"created_at_s", "1795168744", milliseconds{-1}, "1795168743.999"},
      {"created_at_s", "1795168744.05", milliseconds{1000}, "1795168745.05"},
      {"created_at_ms", "\"soon\"", milliseconds{5}, "\"soon\""},
      {"created_at_ms", "9223372036854775807", milliseconds{1}, "9223372036854775807"},
      {"created_at_s", "999999999999999999", milliseconds{1}, "999999999999999999"},
      {"created_at_s", "999999999.999999999", milliseconds{63'000'000'000'000}, "999999999.999999999"},
      {"created_at_ms", "null", milliseconds{5}, "null"},
      {"delay_ms", "5000", milliseconds{5}, "5000"},
      {"timestamp", "1795168744780", milliseconds{5}, "1795168744780"},
      {"due_at_ms", "10", milliseconds{-50}, "0"},
      {"due_at_us", "1795168744780123", milliseconds{1500}, "1795168746280123"},
      {"due_at_us", "10", milliseconds{-1}, "0"},
      {"due_at_us", "1795168744780123", milliseconds{9'223'372'036'854'775}, "1795168744780123"},
      {"due_at_ns", "1795168744780123456", milliseconds{-780}, "1795168744000123456"},
      {"due_at_ns", "1795168744780123456", milliseconds{9'223'372'036'854}, "1795168744780123456"},
      {"due_at_ns", "1.5", milliseconds{1000}, "1.5"},
      {"due_at_iso", R"("2026-11-20T10:00:00.123456Z")", milliseconds{1500}, R"("2026-11-20T10:00:01.623456Z")"},
      {"due_at_iso", R"("2026-11-20 10:00:00")", milliseconds{-1}, R"("2026-11-20 09:59:59")"},
      {"due_at_iso", R"("1970-01-01T01:00:05+01:00")", milliseconds{-60'000}, R"("1970-01-01T01:00:00+01:00")"},
      {"due_at_iso", R"("0001-01-01T00:00:00Z")", milliseconds{5000}, R"("0001-01-01T00:00:00Z")"},
      {"due_at_iso", R"("9999-12-31T23:59:59Z")", milliseconds{1000}, R"("9999-12-31T23:59:59Z")"},
      {"due_at_iso", R"("")", milliseconds{5}, R"("")"},
      {"due_at_iso", "1795168744", milliseconds{5000}, "1795168744"},
      {"due_at_iso", R"("tomorrow")", milliseconds{5}, R"("tomorrow")"},
  };
  for (const Case& c : cases) {
    Record record;
    record.volatiles.set(c.name, c.before);
    record.fields.set("due_at_ms", "7");  // meaning is never shifted
    shift_time(record, c.delta);
    CHECK_MESSAGE(record.volatiles.find(c.name) == c.after, c.name, " ", c.before);
    CHECK(record.fields.find("due_at_ms") == "7");
  }
  Record key;
  key.fields.set("expire_at_ms", "1000");
  shift_time(key, milliseconds{500});
  CHECK(key.fields.find("expire_at_ms") == "1500");
}

TEST_CASE("an instant is read in milliseconds whatever its unit") {
  CHECK(instant_ms("due_at_ms", "1795168744780") == 1795168744780);
  CHECK(instant_ms("due_at_s", "1795168744.7809") == 1795168744780);
  CHECK(instant_ms("due_at_s", "1795168744.7") == 1795168744700);
  CHECK(instant_ms("due_at_s", "1795168744") == 1795168744000);
  CHECK(instant_ms("due_at_us", "1795168744780999") == 1795168744780);
  CHECK(instant_ms("due_at_ns", "1795168744780999999") == 1795168744780);
  CHECK(instant_ms("due_at_iso", R"("2026-11-20T10:00:00.1239+01:00")") == 1795165200123);
  CHECK_FALSE(instant_ms("due_at_iso", R"("2026-11-20")"));
  CHECK_FALSE(instant_ms("due_at_iso", "1795168744"));
  CHECK_FALSE(instant_ms("due_at_s", "1e9"));
  CHECK_FALSE(instant_ms("delay_ms", "5"));
}

TEST_CASE("an instant is found by its stem, whatever its unit") {
  Fields members;
  members.set("due_at", "3");
  members.set("due_at_least_ms", "4");
  members.set("due_tie", "5");
  CHECK_FALSE(find_instant_ms(members, "due_at"));
  members.set("due_at_s", "1.5");
  CHECK(find_instant_ms(members, "due_at") == 1500);
  members.set("due_at_iso", "\"odd\"");
  CHECK(find_instant_ms(members, "due_at") == 1500);
  members.set("due_at_iso", R"("1970-01-01T00:00:02Z")");
  CHECK(find_instant_ms(members, "due_at") == 2000);
  CHECK_FALSE(find_instant_ms(members, "due"));
}

}  // namespace qsnap::model
TEST_SUITE_END();
