// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/text.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/harmful.hpp>
#include <qsnap/report/layout.hpp>

using qsnap::report::escape_terminal;
using qsnap::report::harmless_json;
using namespace std::string_literals;

TEST_SUITE("qsnap::report::escape_terminal") {
  TEST_CASE("shows what commands or hides, and leaves everything else alone") {
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"", ""},
        {"plain text ~!", "plain text ~!"},
        {"\n\t\r", "\\n\\t\\x0d"},
        {"\0a"s, "\\x00a"},
        {"\x1b[2J", "\\x1b[2J"},
        {"\x7f", "\\x7f"},
        {"\xc2\x80\xc2\x9b\xc2\x9f", "\\u{0080}\\u{009b}\\u{009f}"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"\u061c", "\\u{061c}"},
        {"a\u200bb\u200fc", "a\\u{200b}b\\u{200f}c"},
        {"\u2010", "\u2010"},
        {"\u2028\u202e\u202f", "\\u{2028}\\u{202e}\u202f"},
        {"\u2060\u2064\u2065\u2066\u206f\u2070", "\\u{2060}\\u{2064}\u2065\\u{2066}\\u{206f}\u2070"},
        {"\ufeff\ufff9\ufffb\ufffc", "\\u{feff}\\u{fff9}\\u{fffb}\ufffc"},
        {"\U000e0000\U000e0041\U000e007f\U000e0080", "\\u{e0000}\\u{e0041}\\u{e007f}\U000e0080"},
        {"Grüße 日本語 🎉👍🏽", "Grüße 日本語 🎉👍🏽"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},
        {"\xc0\xaf", "\\xc0\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"a\xf0\x9f\x8e", "a\\xf0\\x9f\\x8e"},
        {"back\\slash", "back\\slash"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.second);
      CHECK(escape_terminal(row.first) == row.second);
    }
  }

  TEST_CASE("gives UTF-8 without anything harmful for any bytes, and does nothing twice") {
    constexpr std::uint32_t k_seed = 20261120;
    INFO("seed " << k_seed);
    std::mt19937 random{k_seed};
    for (int round = 0; round < 2000; ++round) {
      std::string bytes(random() % 40, '\0');
      for (char& byte : bytes) {
        byte = static_cast<char>(random());
      }
      const std::string escaped = escape_terminal(bytes);
      REQUIRE(qsnap::is_utf8(escaped));
      REQUIRE(escape_terminal(escaped) == escaped);
      for (std::string_view rest = escaped; !rest.empty();) {
        const auto point = qsnap::decode_utf8(rest);
        REQUIRE_FALSE(qsnap::report::is_harmful(point->value));
        rest.remove_prefix(point->bytes);
      }
    }
  }
}

TEST_SUITE("qsnap::report::harmless_json") {
  TEST_CASE("writes the same strings with escapes") {
    CHECK(harmless_json("{\"a\":\"\x7f\xc2\x9b\u202e\",\"\u200b\":[1,\"é\"]}") ==
          R"({"a":"\u007f\u009b\u202e","\u200b":[1,"é"]})");
    CHECK(harmless_json("\"\U000e0041\"") == R"("\udb40\udc41")");
    CHECK(harmless_json(R"({"plain":"text \n"})") == R"({"plain":"text \n"})");
  }
}
