// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/style.hpp>
#include <qsnap/report/value_words.hpp>

using namespace qsnap::report;

TEST_SUITE("qsnap::report::layout") {
  TEST_CASE("counts the columns of a terminal, not bytes") {
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("Grüße") == 5);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("日本語") == 6);
    CHECK(display_width("🎉") == 2);
    CHECK(display_width("→…█") == 3);
  }

  TEST_CASE("cuts at characters and says that it did") {
    CHECK(cut("abcdef", 6) == "abcdef");
    CHECK(cut("abcdef", 5) == "abcd…");
    CHECK(cut("abcdef", 1) == "…");
    CHECK(cut("abcdef", 0).empty());
    CHECK(cut("abcdef", -3).empty());
    CHECK(cut("日本語", 6) == "日本語");
    CHECK(cut("日本語", 5) == "日本…");
    CHECK(cut("日本語", 4) == "日…");
    for (int width = 0; width < 20; ++width) {
      CHECK(display_width(cut("a日é🎉b語c", width)) <= width);
    }
  }

  TEST_CASE("pads by columns") {
    CHECK(pad_right("日", 4) == "日  ");
    CHECK(pad_left("é", 3) == "  é");
    CHECK(pad_left("long", 2) == "long");
  }

  TEST_CASE("gets plurals right") {
    CHECK(quantity(0, "job") == "0 jobs");
    CHECK(quantity(1, "job") == "1 job");
    CHECK(quantity(2, "job") == "2 jobs");
    CHECK(quantity(2, "retry", "retries") == "2 retries");
    CHECK(quantity(1, "retry", "retries") == "1 retry");
  }

  TEST_CASE("writes sizes and instants for people") {
    CHECK(byte_size(0) == "0 B");
    CHECK(byte_size(1023) == "1023 B");
    CHECK(byte_size(1536) == "1.5 KiB");
    CHECK(byte_size(20 * 1024) == "20 KiB");
    CHECK(byte_size(3ULL << 40U) == "3.0 TiB");
    CHECK(byte_size(~0ULL) == "16777216 TiB");
    CHECK(readable_instant(qsnap::instant_from_ms(1'790'000'000'123)) == "2026-09-21 14:13:20 UTC");
  }

  TEST_CASE("shows a JSON value as a reader expects it") {
    const auto shown = [](std::string_view json) { return escape_terminal(plain_value(json)); };
    CHECK(shown("12.50") == "12.50");
    CHECK(shown(R"("plain")") == "plain");
    CHECK(shown(R"("")") == R"("")");
    CHECK(shown(R"("say \"hi\" \\ now\n")") == R"(say "hi" \ now\n)");
    CHECK(shown("\"\x1b\"") == "\\x1b");
    CHECK(shown(R"({"a":"b"})") == R"({"a":"b"})");
    CHECK(shown("\"") == "\"");
  }

  TEST_CASE("paints only with colours on, and resets") {
    CHECK(Style{}.paint(Tone::bad, "x") == "x");
    CHECK(Style{true, 80}.paint(Tone::bad, "x") == "\x1b[31mx\x1b[0m");
    CHECK(Style{true, 80}.paint(Tone::plain, "x") == "x");
    CHECK(Style{true, 80}.paint(Tone::bad, "").empty());
  }
}
