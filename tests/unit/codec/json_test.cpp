// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/json.hpp>

#include "random_json.hpp"

using namespace std::string_literals;

namespace qsnap::codec {

namespace {

using testing::RandomJson;

std::string nested_arrays(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

struct Conversion {
  std::string given;
  std::string wanted;
};

void check_round_trip(const std::string& bytes) {
  const Embedded embedded = embed(bytes);
  CAPTURE(embedded.enc);
  const auto back = unembed(embedded.json, embedded.enc);
  REQUIRE(back);
  CHECK(*back == bytes);
  const auto canonical = canonical_json(embedded.json);
  REQUIRE(canonical);
  CHECK(*canonical == embedded.json);
}

}  // namespace

TEST_SUITE("codec::canonical_json") {
  TEST_CASE("keeps what carries meaning as found and prints the rest in one way") {
    const std::vector<Conversion> cases = {
        {"9007199254740993", "9007199254740993"},
        {"1e-7", "1e-7"},
        {"-0", "-0"},
        {"-0.0", "-0.0"},
        {"1E400", "1E400"},
        {"1e5", "1e5"},
        {"1E+05", "1E+05"},
        {"123456789012345678901234567890.5", "123456789012345678901234567890.5"},
        {"18446744073709551616", "18446744073709551616"},
        {"[1,2.50,-3]", "[1,2.50,-3]"},
        {" { \"b\" : 1 ,\n\t\"a\" : [ ] , \"c\":{ } } ", R"({"b":1,"a":[],"c":{}})"},
        {R"("\/\u00e9\u0041\u001f\u007f")", "\"/éA\\u001f\x7f\""},
        {R"("\ud83d\ude00")", "\"\U0001F600\""},
        {R"("\b\f\n\r\t\"\\\u0008\u000A")", R"("\b\f\n\r\t\"\\\b\n")"},
        {R"({"\u0061\n":"x","":0})", R"({"a\n":"x","":0})"},
        {"\"é\U0001F600\"", "\"é\U0001F600\""},
        {"true", "true"},
        {"[null,false]", "[null,false]"},
        {R"([{"a":1},{"a":1}])", R"([{"a":1},{"a":1}])"},
        {R"({"a":{"a":{"a":1}}})", R"({"a":{"a":{"a":1}}})"},
    };
    for (const Conversion& test : cases) {
      CAPTURE(test.given);
      const auto got = canonical_json(test.given);
      REQUIRE(got);
      CHECK(*got == test.wanted);
    }
  }

  TEST_CASE("refuses what is no JSON, not one value, or not one value for everybody") {
    const std::vector<std::string> cases = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "01",
        "1.",
        ".5",
        "+1",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "'a'",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "// c\n1",
        "1 2",
        "{}{}",
        "1\0"s,
        R"({"a":1,"a":2})",
        R"({"a":1,"\u0061":1})",
        R"([{"x":{"k":1,"b":2,"k":3}}])",
        R"("\ud83d")",
        R"("\ude00")",
        R"("\ud83d\u0041")",
        "\"\xff\"",
        "\"\xed\xa0\x80\"",
        "\"\xc0\x80\"",
        "\xef\xbb\xbf{}",
    };
    for (const std::string& given : cases) {
      CAPTURE(given);
      const auto got = canonical_json(given);
      REQUIRE_FALSE(got);
      CHECK(got.error().code == ErrorCode::corrupt);
    }
  }

  TEST_CASE("reads 128 levels and not one more") {
    CHECK(canonical_json(nested_arrays(limits::k_json_depth)));
    CHECK_FALSE(canonical_json(nested_arrays(limits::k_json_depth + 1)));
  }

  TEST_CASE("finds a duplicate among very many names") {
    std::string json = "{";
    for (int i = 0; i < 50000; ++i) {
      json += json_string("name" + std::to_string(i)) + ":0,";
    }
    CHECK(canonical_json(json + "\"other\":0}"));
    CHECK_FALSE(canonical_json(json + "\"name777\":0}"));
  }

  TEST_CASE("keeps long strings with escapes whole") {
    std::string text;
    for (int i = 0; i < 5000; ++i) {
      text += "line " + std::to_string(i) + "\n\"é\x02";
    }
    const std::string json = json_string(text);
    const auto got = canonical_json(json);
    REQUIRE(got);
    CHECK((*got == json));
    CHECK((json_text(json) == text));
  }
}

TEST_SUITE("codec::sorted_json") {
  TEST_CASE("sorts members by the bytes of their names at every depth, and leaves arrays alone") {
    const std::vector<Conversion> cases = {
        {R"({"b":1,"a":2})", R"({"a":2,"b":1})"},
        {R"([{"b":{"d":1,"c":[3,1,2]},"a":0},{"z":1,"y":2}])", R"([{"a":0,"b":{"c":[3,1,2],"d":1}},{"y":2,"z":1}])"},
        {R"({"a":1,"":2,"A":3,"é":4,"aa":5})", R"({"":2,"A":3,"a":1,"aa":5,"é":4})"},
        {R"({"0":1,"\n":2,"\"":3,"\\":4,"!":5})", R"({"\n":2,"!":5,"\"":3,"0":1,"\\":4})"},
        {R"({"a":"}{","b":","})", R"({"a":"}{","b":","})"},
        {"{}", "{}"},
        {"5", "5"},
    };
    for (const Conversion& test : cases) {
      CAPTURE(test.given);
      const auto got = sorted_json(test.given);
      REQUIRE(got);
      CHECK(*got == test.wanted);
    }
  }

  TEST_CASE("refuses duplicates, also ones that sorting would bring together") {
    CHECK_FALSE(sorted_json(R"({"b":1,"a":2,"b":3})"));
  }
}

TEST_SUITE("codec::object_members") {
  TEST_CASE("hands out names decoded and values canonical, in order of appearance") {
    const auto members = object_members(R"( { "b" : [ 1 , {"x":2} ] , "\u0061\n" : "\/", "c":{} } )");
    REQUIRE(members);
    const std::vector<model::Field> wanted = {{"b", R"([1,{"x":2}])"}, {"a\n", R"("/")"}, {"c", "{}"}};
    CHECK((*members == wanted));
    CHECK(object_members("{}")->empty());
  }

  TEST_CASE("refuses other values") {
    for (const char* json : {"[]", "1", "\"a\"", "", "null", R"([{"a":1}])"}) {
      CAPTURE(json);
      CHECK_FALSE(object_members(json));
    }
  }
}

TEST_SUITE("codec::array_elements") {
  TEST_CASE("hands out elements canonical, in order") {
    const auto elements = array_elements(R"([ 1 , "a,]" , [ 2 , 3 ] , { "k" : [ ] } , [] , null ])");
    REQUIRE(elements);
    CHECK((*elements == std::vector<std::string>{"1", R"("a,]")", "[2,3]", R"({"k":[]})", "[]", "null"}));
    CHECK(array_elements("[]")->empty());
    CHECK(array_elements("[[]]")->size() == 1);
  }

  TEST_CASE("refuses other values") {
    for (const char* json : {"{}", "1", "\"[]\"", "", R"({"a":[1]})"}) {
      CAPTURE(json);
      CHECK_FALSE(array_elements(json));
    }
  }
}

TEST_SUITE("codec::json_text") {
  TEST_CASE("is the inverse of json_string for every ASCII character") {
    for (unsigned c = 0; c < 0x80; ++c) {
      const std::string text{'a', static_cast<char>(c), 'b'};
      CAPTURE(c);
      CHECK((json_text(json_string(text)) == text));
    }
    CHECK((json_text("\"é\"") == "é"));
    CHECK((json_text("\"\"") == ""));
  }

  TEST_CASE("is absent for everything else, other spellings included") {
    const std::vector<std::string> cases = {
        "",          "\"",       "1",       "null",        "[]",          R"("\/")",
        R"("\")",    R"("a"b")", R"("\u")", R"("\u0041")", R"("\u000a")", R"("\u001F")",
        R"("\u00")", "\"a\nb\"", R"("\x")", "\"a",         "a\""};
    for (const std::string& json : cases) {
      CAPTURE(json);
      CHECK_FALSE(json_text(json).has_value());
    }
  }
}

TEST_SUITE("codec::json_to_bytes") {
  TEST_CASE("is the inverse of json_bytes") {
    for (const std::string& bytes :
         {""s, "text"s, "\0"s, "\xff"s, "a\xff"s, "ab\xff"s, "abc\xfe\xff"s, "\xed\xa0\x80"s}) {
      CHECK((json_to_bytes(json_bytes(bytes)) == bytes));
    }
  }

  TEST_CASE("is absent for other values and other spellings of the same bytes") {
    const std::vector<std::string> cases = {
        "1",
        "{}",
        R"({"$b64":1})",
        R"({"$b64":"/w=="})"s + "x",
        R"({"$b64":"/w"})",    // padding is missing
        R"({"$b64":"/x=="})",  // unused bits are set
        R"({"$b64":"/w=/"})",  // padding inside
        R"({"$b64":"===="})",
        R"({"$b64":"YWJj"})",  // "abc": text, so a string
        R"({"$b64":"/w==","x":1})",
        R"({"$b64":")",
    };
    for (const std::string& json : cases) {
      CAPTURE(json);
      CHECK_FALSE(json_to_bytes(json).has_value());
    }
  }
}

TEST_SUITE("codec::embed") {
  TEST_CASE("names the style of the program that wrote the bytes") {
    struct Case {
      std::string bytes;
      std::string json;
      std::string enc;
    };
    const std::vector<Case> cases = {
        {R"({"b":1,"a":[true,"é/"]})", R"({"b":1,"a":[true,"é/"]})", "json"},
        {"1e5", "1e5", "json"},
        {R"({"a": 1, "b": ["\u00e9/", "x, y: z"]})", R"({"a":1,"b":["é/","x, y: z"]})", "json-py"},
        {R"("\ud83d\ude00\u007f")", "\"\U0001F600\x7f\"", "json-py"},
        {R"({"a": "é/)"s + "\x7f\"}", "{\"a\":\"é/\x7f\"}", "json-py-utf8"},
        {R"({"a":"/\u00e9\u007f"})", "{\"a\":\"/é\x7f\"}", "json-py-compact"},
        {R"({"a":"\/\u00e9\ud83d\ude00)"s + "\x7f\"}", "{\"a\":\"/é\U0001F600\x7f\"}", "json-php"},
        {R"(["\/é\u007f"])", "[\"/é\x7f\"]", "json-cjson"},
        {R"(["\/"])", R"(["/"])", "json-php"},  // cjson prints the same: the first style wins
        {R"({"a":"\u003cb\u003e \u0026 é \u2028"})", "{\"a\":\"<b> & é \u2028\"}", "json-go"},
        {R"({"a":1 })", R"("{\"a\":1 }")", "text"},
        {R"(["\u00E9"])", R"("[\"\\u00E9\"]")", "text"},
        {R"({"a":1,"a":1})", R"("{\"a\":1,\"a\":1}")", "text"},
        {"NaN", R"("NaN")", "text"},
        {"", R"("")", "text"},
        {"plain", R"("plain")", "text"},
        {R"("\ud83d")", R"("\"\\ud83d\"")", "text"},
        {"\xff\x01", R"("/wE=")", "base64"},
        {"\"\xff\"", R"("Iv8i")", "base64"},
    };
    for (const Case& test : cases) {
      CAPTURE(test.bytes);
      const Embedded got = embed(test.bytes);
      CHECK(got.json == test.json);
      CHECK(got.enc == test.enc);
      check_round_trip(test.bytes);
    }
  }

  TEST_CASE("keeps room for the record around a deep value") {
    const Embedded deep = embed(nested_arrays(limits::k_json_depth));
    CHECK(deep.enc == "text");
    const Embedded allowed = embed(nested_arrays(100));
    CHECK(allowed.enc == "json");
    CHECK(canonical_json("{\"payload\":[[" + allowed.json + "]]}"));
  }

  TEST_CASE("gives back random JSON in every style, and says which style it was") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    RandomJson random{seed};
    for (int i = 0; i < 3000; ++i) {
      const std::string json = random.value(4);
      for (const char* enc :
           {"json", "json-py", "json-py-compact", "json-py-utf8", "json-php", "json-cjson", "json-go"}) {
        CAPTURE(json);
        CAPTURE(enc);
        const auto bytes = unembed(json, enc);
        REQUIRE(bytes);
        const Embedded got = embed(*bytes);
        CHECK(got.json == json);
        CHECK(got.enc.starts_with("json"));
        check_round_trip(*bytes);
      }
    }
  }

  TEST_CASE("gives back random bytes, and JSON with one byte changed") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    RandomJson random{seed};
    for (int i = 0; i < 3000; ++i) {
      check_round_trip(random.bytes());
      std::string damaged = random.value(3);
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
      CAPTURE(damaged);
      check_round_trip(damaged);
    }
  }
}

TEST_SUITE("codec::unembed") {
  TEST_CASE("refuses unknown styles and values that do not fit") {
    const std::vector<Embedded> cases = {
        {"1", "json-perl"},      {"1", ""},
        {"1", "text"},           {"{}", "base64"},
        {R"("a")", "base64"},    {R"("/x==")", "base64"},
        {R"("\ud83d")", "text"},
    };
    for (const Embedded& test : cases) {
      CAPTURE(test.json);
      CAPTURE(test.enc);
      const auto got = unembed(test.json, test.enc);
      REQUIRE_FALSE(got);
      CHECK(got.error().code == ErrorCode::corrupt);
    }
  }
}

TEST_SUITE("codec::JsonPayloadReader") {
  TEST_CASE("lists leaves by path, names sorted and quoted where they need it") {
    const auto leaves = JsonPayloadReader{}.leaves(
        R"({"items":[{"price":1.50,"a.b":null},[],{}],"_x1":"q\"","$":{"é":true},"deep":[[1,[2]],3],"1":-0})");
    REQUIRE(leaves);
    std::string listing;
    for (const auto& leaf : *leaves) {
      listing += leaf.path + " = " + leaf.json + "\n";
    }
    CHECK(listing ==
          "[\"$\"][\"é\"] = true\n"
          "[\"1\"] = -0\n"
          "._x1 = \"q\\\"\"\n"
          ".deep[0][0] = 1\n"
          ".deep[0][1][0] = 2\n"
          ".deep[1] = 3\n"
          ".items[0][\"a.b\"] = null\n"
          ".items[0].price = 1.50\n"
          ".items[1] = []\n"
          ".items[2] = {}\n");
  }

  TEST_CASE("gives a scalar or an empty container at the top the empty path") {
    for (const std::string& json : {"5"s, "\"a\\nb\""s, "null"s, "{}"s, "[]"s}) {
      const auto leaves = JsonPayloadReader{}.leaves(json);
      REQUIRE(leaves);
      REQUIRE(leaves->size() == 1);
      CHECK(leaves->front().path.empty());
      CHECK(leaves->front().json == json);
    }
  }

  TEST_CASE("stops before paths of a small value fill the memory") {
    std::string json = "{\"" + std::string(100'000, 'n') + "\":[0";
    for (int i = 0; i < 2000; ++i) {
      json += ",0";
    }
    const auto leaves = JsonPayloadReader{}.leaves(json + "]}");
    REQUIRE_FALSE(leaves);
    CHECK(leaves.error().code == ErrorCode::limit_exceeded);
  }

  TEST_CASE("refuses what is no JSON") {
    CHECK_FALSE(JsonPayloadReader{}.leaves("{\"a\":}"));
  }
}

}  // namespace qsnap::codec
