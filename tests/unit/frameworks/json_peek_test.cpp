// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/frameworks/json_peek.hpp>

namespace qsnap::frameworks {

TEST_SUITE("qsnap::frameworks json_peek") {
  TEST_CASE("a member is found at the top level only") {
    struct Case {
      std::string json;
      std::optional<std::string> queue;
    };
    const std::vector<Case> cases = {
        {R"({"queue":"low"})", R"("low")"},
        {R"({"args":[{"queue":"inner"}],"queue":"outer"})", R"("outer")"},
        {R"({"args":["\"queue\":\"fake\""],"queue":7})", "7"},
        {R"({"a":"\\","queue":"x"})", R"("x")"},
        {" { \"queue\" : \"spaced\" , \"b\" : 1 } ", R"("spaced")"},
        {R"({"a":{"b":[1,{"c":"]}"}]},"queue":null})", "null"},
        {R"({"args":[{"queue":"inner"}]})", std::nullopt},
        {R"(["queue","x"])", std::nullopt},
        {R"("queue")", std::nullopt},
        {"", std::nullopt},
        {"{", std::nullopt},
        {R"({"queue")", std::nullopt},
        {R"({"a":[[[[,"queue":"x"})", std::nullopt},
        {R"({"a":"open)", std::nullopt},
        {R"({"a":"\)", std::nullopt},
    };
    for (const Case& each : cases) {
      CAPTURE(each.json);
      const auto found = peek_member(each.json, "queue");
      CHECK(found.has_value() == each.queue.has_value());
      if (found && each.queue) {
        CHECK(*found == *each.queue);
      }
    }
  }

  TEST_CASE("a text is unescaped, and what is no text is absent") {
    CHECK(peek_text(R"({"queue":"a\"b"})", "queue") == "a\"b");
    CHECK(peek_text(R"({"queue":"é"})", "queue") == "é");
    CHECK_FALSE(peek_text(R"({"queue":5})", "queue"));
    CHECK_FALSE(peek_text(R"({"queue":"\ud800"})", "queue"));
  }

  TEST_CASE("deep nesting and endless strings take linear time and no stack") {
    const std::string deep = R"({"a":)" + std::string(4'000'000, '[');
    CHECK_FALSE(peek_member(deep, "queue"));
    const std::string quotes = R"({"a":")" + std::string(4'000'000, '\\');
    CHECK_FALSE(peek_member(quotes, "queue"));
  }
}

}  // namespace qsnap::frameworks
