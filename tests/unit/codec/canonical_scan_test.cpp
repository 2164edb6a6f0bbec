// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/canonical_text.hpp>

#include "random_json.hpp"

/// A scan must never say anything that the parser does not say.
namespace qsnap::codec {

namespace {

using testing::RandomJson;

bool equal(const MemberSpan& a, const MemberSpan& b) {
  return a.begin == b.begin && a.value == b.value && a.end == b.end;
}

bool equal(const std::vector<MemberSpan>& a, const std::vector<MemberSpan>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const MemberSpan& x, const MemberSpan& y) { return equal(x, y); });
}

/// Whether the scan could tell that this is canonical.
bool check_against_parser(const std::string& text) {
  CAPTURE(text);
  const auto parsed = parse_to_canonical(text, {});
  const auto sorted = parse_to_canonical(text, {.order = MemberOrder::by_name});
  const auto spans = canonical_spans(text);
  CHECK(is_canonical(text) == spans.has_value());
  if (spans) {
    REQUIRE(parsed);
    CHECK(parsed->text == text);
    CHECK(equal(spans->members, parsed->spans.members));
    CHECK(equal(spans->volatiles, parsed->spans.volatiles));
    CHECK(spans->elements == parsed->spans.elements);
  }
  if (is_sorted_json(text)) {
    REQUIRE(sorted);
    CHECK(sorted->text == text);
  }
  std::string appended = "before";
  const auto done = append_sorted_json(appended, text);
  CHECK(done.has_value() == sorted.has_value());
  CHECK(appended == "before" + (sorted ? sorted->text : std::string{}));
  return spans.has_value();
}

}  // namespace

TEST_SUITE("codec::scan_canonical") {
  TEST_CASE("what is canonical and usual is told by a scan") {
    for (const std::string text :
         {R"({})", R"([])", R"("")", R"(0)", R"(-0)", R"(-12.50)", R"(true)", R"(false)", R"(null)", R"([1,"a",{}])",
          R"({"b":1,"a":{"d":[],"c":[{"y":1,"x":"\"\\\b\f\n\r\t\u0000\u001f/"}]}})", R"({"é":"\u007f"})",
          R"({"a":1,"volatile":{"id":"7","z":2},"w":[{"volatile":{"no":1}}]})", "\"é\U0001F600\u2028\x7f\""}) {
      CAPTURE(text);
      CHECK(check_against_parser(text) == (text.find("\\u007f") == std::string::npos));
    }
  }

  TEST_CASE("what is no JSON, or not canonical, is left to the parser") {
    for (const std::string text : {"",
                                   " ",
                                   " 1",
                                   "1 ",
                                   "{}{}",
                                   "01",
                                   "-",
                                   "1.",
                                   ".5",
                                   "+1",
                                   "1e5",
                                   "tru",
                                   "nulL",
                                   "\"",
                                   "\"\\",
                                   "\"\\u00",
                                   "\"\\u000A\"",
                                   "\"\\u000a\"",
                                   "\"\\u001F\"",
                                   "\"\\/\"",
                                   "\"\\x\"",
                                   "\"\n\"",
                                   "\"\xff\"",
                                   "\"\xc0\x80\"",
                                   "\"\xed\xa0\x80\"",
                                   "\"\xf4\x90\x80\x80\"",
                                   "\"\xe2\x82\"",
                                   "[",
                                   "[1",
                                   "[1,",
                                   "[1,]",
                                   "[,1]",
                                   "[1 ]",
                                   "{",
                                   "{\"",
                                   "{\"a\"",
                                   "{\"a\":",
                                   "{\"a\":1",
                                   "{\"a\":1,",
                                   "{\"a\":1,}",
                                   "{\"a\" :1}",
                                   "{a:1}",
                                   "{1:1}",
                                   "{\"a\":1 }",
                                   "}",
                                   "{\"a\":1,\"a\":2}",
                                   "{\"b\":1,\"a\":2,\"b\":3}",
                                   "{\"a\\n\":1}",
                                   "[1}",
                                   "{]"}) {
      CAPTURE(text);
      CHECK_FALSE(check_against_parser(text));
    }
    CHECK_FALSE(check_against_parser(std::string{"\"\0\"", 3}));
    CHECK_FALSE(check_against_parser(std::string{"1\0", 2}));
  }

  TEST_CASE("deep, wide and long values come out the same, whoever tells") {
    for (const std::size_t count : {1U, 31U, 32U, 33U, 63U, 64U, 65U, 127U, 128U, 129U}) {
      check_against_parser(std::string(count, '[') + std::string(count, ']'));
      std::string nested = "1", wide = "{", digits(count, '7');
      for (std::size_t i = 0; i < count; ++i) {
        nested = "{\"k\":" + nested + "}";
        wide += (i == 0 ? "\"" : ",\"") + std::to_string(i * 7919 % 1000) + "\":0";
      }
      check_against_parser(nested);
      check_against_parser(wide + "}");
      check_against_parser(digits);
      check_against_parser("0." + digits);
    }
  }

  TEST_CASE("a special character is found wherever in a word it stands") {
    for (std::size_t length = 0; length < 24; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        for (const std::string special : {"\\\"", "\\n", "é", "\U0001F600", "\x7f", "\x1f", "\"", "\xff", "\\u0001"}) {
          const std::string text = '"' + std::string(at, '!') + special + std::string(length - at, '~') + '"';
          check_against_parser(text);
        }
      }
    }
  }

  TEST_CASE("on random values, and on damaged ones, scan and parser agree") {
    RandomJson random{11};
    std::size_t told = 0;
    for (int i = 0; i < 4000; ++i) {
      std::string text = random.value(4);
      told += check_against_parser(text) ? 1U : 0U;
      for (int damage = 0; damage < 4 && !text.empty(); ++damage) {
        static constexpr std::string_view k_bytes = "\"\\{}[]:,0a \x01\xc3";
        const char byte = k_bytes[random.below(k_bytes.size())];
        const std::size_t at = random.below(text.size());
        switch (random.below(3)) {
          case 0:
            text[at] = byte;
            break;
          case 1:
            text.insert(at, 1, byte);
            break;
          default:
            text.erase(at, 1);
        }
        check_against_parser(text);
      }
    }
    CHECK(told > 1000);
  }
}

}  // namespace qsnap::codec
