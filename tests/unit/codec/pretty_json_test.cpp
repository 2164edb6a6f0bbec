// SPDX-License-Identifier: Apache-2.0
#include <unit/codec/random_json.hpp>

#include <doctest/doctest.h>

#include <qsnap/codec/json.hpp>
#include <qsnap/codec/pretty_json.hpp>

namespace qsnap::codec {

namespace {

std::string pretty(std::string_view json, std::size_t level = 0) {
  std::string out;
  PrettyJson printer{json, level};
  while (!printer.at_end()) {
    printer.append_some(out);
  }
  return out;
}

}  // namespace

TEST_SUITE("pretty_json") {
  TEST_CASE("every member and element has its line, and empty ones take none") {
    CHECK(pretty(R"({"a":[1,{"b":"x"}],"c":{},"d":[],"e":null})") == R"({
  "a": [
    1,
    {
      "b": "x"
    }
  ],
  "c": {},
  "d": [],
  "e": null
})");
  }

  TEST_CASE("a value within other text goes on at its level") {
    CHECK(pretty(R"([true])", 2) == "[\n      true\n    ]");
  }

  TEST_CASE("number text stays as found") {
    CHECK(pretty("[1.50,-0,1E400,12345678901234567890123]") ==
          "[\n  1.50,\n  -0,\n  1E400,\n  12345678901234567890123\n]");
  }

  TEST_CASE("punctuation inside of strings is no punctuation") {
    for (const char* text : {R"("{,:}")", R"("\"")", R"("\\")", R"("\\\"],")", R"("")"}) {
      CHECK(pretty(text) == text);
    }
    CHECK(pretty(R"({"a\\":"b\"}"})") == "{\n  \"a\\\\\": \"b\\\"}\"\n}");
  }

  TEST_CASE("random values come back") {
    testing::RandomJson random{7};
    for (int i = 0; i < 2000; ++i) {
      const std::string json = random.value(5);
      const auto back = canonical_json(pretty(json));
      REQUIRE(back.has_value());
      CHECK(*back == json);
    }
  }

  TEST_CASE("a long value comes in pieces, and deep levels are not indented without end") {
    constexpr std::size_t k_depth = 100, k_elements = 20'000;
    std::string elements = "0";
    for (std::size_t i = 1; i < k_elements; ++i) {
      elements += ",0";
    }
    const std::string json = std::string(k_depth, '[') + elements + std::string(k_depth, ']');
    PrettyJson printer{json, 0};
    std::string out, piece;
    std::size_t pieces = 0;
    for (; !printer.at_end(); ++pieces) {
      piece.clear();
      printer.append_some(piece);
      CHECK(piece.size() < 66UL * 1024);
      out += piece;
    }
    CHECK(pieces > 10);
    CHECK(out.size() < 50 * json.size());
    CHECK(*canonical_json(out) == json);
  }
}

}  // namespace qsnap::codec
