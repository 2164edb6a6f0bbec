// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/api/options.hpp>

namespace qsnap::api {

namespace {

Options parsed(std::string_view json) {
  auto options = Options::parse(json);
  REQUIRE(options);
  return *std::move(options);
}

}  // namespace

TEST_CASE("options are taken by name and type, each once") {
  Options options = parsed(R"({"a":"\u00e9","b":["x","y"],"c":"alone","d":true,"e":5000,"f":null})");
  CHECK(**options.text("a") == "é");
  CHECK(*options.texts("b") == std::vector<std::string>{"x", "y"});
  CHECK(*options.texts("c") == std::vector<std::string>{"alone"});
  CHECK(**options.flag("d"));
  CHECK(**options.milliseconds("e") == std::chrono::seconds{5});
  CHECK_FALSE(options.text("f")->has_value());
  CHECK_FALSE(options.text("a")->has_value());
  CHECK(options.texts("nothing")->empty());
  CHECK(options.expect_end());
}

TEST_CASE("an option that nobody takes is unknown") {
  const Options options = parsed(R"({"withn_ms":1})");
  CHECK(options.expect_end().error().message == R"(unknown option "withn_ms")");
  CHECK(parsed("").expect_end());
  CHECK(parsed(" {} ").expect_end());
}

TEST_CASE("an option of another type is a usage error that names it") {
  for (const std::string json :
       {R"({"a":1})", R"({"a":["x",1]})", R"({"a":{}})", R"({"a":"\u0000"})", R"({"a":[["x"]]})"}) {
    CAPTURE(json);
    CHECK(parsed(json).texts("a").error().code == ErrorCode::usage);
  }
  for (const std::string json : {R"({"a":-1})", R"({"a":1.5})", R"({"a":1e3})", R"({"a":"1"})", R"({"a":86400001})",
                                 R"({"a":18446744073709551617})"}) {
    CAPTURE(json);
    CHECK(parsed(json).milliseconds("a").error().message.starts_with(R"(option "a")"));
  }
  CHECK(parsed(R"({"a":1})").flag("a").error().code == ErrorCode::usage);
}

TEST_CASE("what is no JSON object is a usage error, however deep or long") {
  for (const std::string& json :
       {std::string{"{"}, std::string{"[]"}, std::string{"{}{}"}, std::string{"\xff"}, std::string{R"({"a":1,"a":2})"},
        std::string(100'000, '['), std::string(2'000'000, ' ')}) {
    const auto options = Options::parse(json);
    REQUIRE_FALSE(options);
    CHECK(options.error().code == ErrorCode::usage);
    CHECK(options.error().message.size() < 200);
  }
}

}  // namespace qsnap::api
