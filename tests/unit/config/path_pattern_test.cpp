// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/config/path_pattern.hpp>

using qsnap::config::parse_path;
using qsnap::config::PathPattern;

TEST_SUITE("config::PathPattern") {
  TEST_CASE("a pattern matches its own path and everything below it") {
    struct Case {
      const char* pattern;
      const char* path;
      bool matches;
    };
    const Case cases[] = {
        {"jobs.payload.price", ".payload.price", true},
        {"jobs.payload.price", ".payload.prices", false},
        {"jobs.payload", ".payload.items[2].price", true},
        {"jobs.payload.items", ".payload", false},
        {"jobs.payload.items[*].price", ".payload.items[2].price", true},
        {"jobs.payload.items.*.price", ".payload.items[2].price", true},
        {"jobs.payload.items[*].price", ".payload.items[2].vat.price", false},
        {"jobs.payload.items[2].price", ".payload.items[2].price", true},
        {"jobs.payload.items[2].price", ".payload.items[12].price", false},
        {"jobs.payload.items[2]", R"(.payload.items["2"])", false},
        {"jobs.**.price", ".price", true},
        {"jobs.**.price", ".payload.items[2].price", true},
        {"jobs.**.price", ".payload.items[2].name", false},
        {"jobs.payload.**.id.**.at", ".payload.a.id.b.c.at", true},
        {"jobs.payload.**.id.**.at", ".payload.a.b.at", false},
        {"jobs.payload.**", ".payload", true},
        {"jobs.payload.**", ".opts.delay", false},
        {R"(jobs.payload["a.b"])", R"(.payload["a.b"].c)", true},
        {R"(jobs.payload["a.b"])", ".payload.a.b", false},
        {R"(jobs.payload["plain"])", ".payload.plain", true},
        {R"(jobs.payload["say \"hi\"\u0001"])", "[\"payload\"][\"say \\\"hi\\\"\\u0001\"]", true},
        {"jobs", ".anything[0]", true},
        {"jobs", "", true},
        {"jobs.payload", "", false},
        {"jobs.**", "", true},
    };
    for (const Case& c : cases) {
      CAPTURE(c.pattern);
      CAPTURE(c.path);
      const auto pattern = PathPattern::parse(c.pattern);
      REQUIRE(pattern);
      CHECK(pattern->matches(c.path) == c.matches);
    }
  }

  TEST_CASE("a pattern names nodes on the way to a path") {
    struct Case {
      const char* pattern;
      const char* path;
      std::vector<std::size_t> nodes;
    };
    const Case cases[] = {
        {"jobs", ".payload.items[2]", {0}},
        {"jobs.payload", ".payload.items[2]", {1}},
        {"jobs.payload.items", ".payload.items[2].price", {2}},
        {"jobs.payload.items[*].price", ".payload.items[2].price", {4}},
        {"jobs.payload.**", ".payload.items[2]", {1, 2, 3}},
        {"jobs.**.items", ".items.items[2]", {1, 2}},
        {"jobs.payload.other", ".payload.items[2]", {}},
        {"jobs.payload.items[2].price", ".payload.items[2]", {}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.pattern);
      CAPTURE(c.path);
      CHECK(PathPattern::parse(c.pattern)->matched_nodes(*parse_path(c.path)) == c.nodes);
    }
  }

  TEST_CASE("conditions are read with and without quotes") {
    const auto pattern = PathPattern::parse(R"(jobs[queue=bullmq:bull:mail,name="a,b]"].payload)");
    REQUIRE(pattern);
    CHECK(pattern->section() == "jobs");
    REQUIRE(pattern->conditions().size() == 2);
    CHECK(pattern->conditions()[0].member == "queue");
    CHECK(pattern->conditions()[0].value == "bullmq:bull:mail");
    CHECK(pattern->conditions()[1].member == "name");
    CHECK(pattern->conditions()[1].value == "a,b]");
    CHECK(pattern->matches(".payload.x"));
    CHECK_FALSE(pattern->matches(".opts"));
  }

  TEST_CASE("a bracket behind the section may be a step") {
    const auto quoted = PathPattern::parse(R"(jobs["payload"].x)");
    REQUIRE(quoted);
    CHECK(quoted->conditions().empty());
    CHECK(quoted->matches(".payload.x"));
    const auto equals = PathPattern::parse(R"(jobs["a=b"])");
    REQUIRE(equals);
    CHECK(equals->matches(R"(["a=b"])"));
  }

  TEST_CASE("what is no pattern is refused with its text") {
    for (const std::string text :
         {"", "job.payload", "jobs.", "jobs..x", "jobs.x[", "jobs.x[1", "jobs.x[-1]", "jobs.x[01]", "jobs.x[\"a]",
          "jobs.x[\"\\q\"]", "jobs[queue=mail", "jobs[=mail]", "jobsx", "jobs.x]y[", "jobs.x[99999999999999999999]"}) {
      CAPTURE(text);
      const auto pattern = PathPattern::parse(text);
      REQUIRE_FALSE(pattern);
      CHECK(pattern.error().message.find('"' + text + '"') != std::string::npos);
    }
  }

  TEST_CASE("concrete paths have no wildcards") {
    CHECK_FALSE(parse_path(".a.*"));
    CHECK_FALSE(parse_path(".a[*]"));
    CHECK_FALSE(parse_path("a"));
    const auto steps = parse_path(".a[3][\"*\"]");
    REQUIRE(steps);
    REQUIRE(steps->size() == 3);
    CHECK((*steps)[1].index == 3);
    CHECK((*steps)[2].name == "*");
  }

  TEST_CASE("many wildcards do not explode") {
    std::string text = "jobs";
    for (int i = 0; i < 30; ++i) {
      text += ".**.a";
    }
    const auto pattern = PathPattern::parse(text + ".b");
    REQUIRE(pattern);
    std::string path;
    for (int i = 0; i < 2000; ++i) {
      path += ".a";
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(pattern->matches(path));
    CHECK(pattern->matches(path + ".b"));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
  }

  TEST_CASE("too many steps and too long texts are refused") {
    std::string text = "jobs";
    for (int i = 0; i < 65; ++i) {
      text += ".a";
    }
    CHECK_FALSE(PathPattern::parse(text));
    CHECK_FALSE(PathPattern::parse("jobs." + std::string(5000, 'a')));
  }
}
