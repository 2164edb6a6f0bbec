// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/fake_records.hpp>

#include <qsnap/frameworks/json_split.hpp>

namespace qsnap::frameworks {

namespace {

bool is_noise(const model::Field& member) {
  return member.name == "a" || member.name == "z";
}

}  // namespace

TEST_SUITE("qsnap::frameworks::split_object") {
  TEST_CASE("taken members leave the rest as it stood") {
    struct Case {
      const char* object;
      const char* rest;
      std::size_t taken;
      const char* order;  ///< null for the usual one
    };
    const Case cases[] = {
        {"{}", "{}", 0, nullptr},
        {R"({"b":1})", R"({"b":1})", 0, nullptr},
        {R"({"b":1,"a":2,"z":3})", R"({"b":1})", 2, nullptr},
        {R"({"b":1,"z":3,"a":2})", R"({"b":1})", 2, R"(["b","z","a"])"},
        {R"({"a":2,"b":1})", R"({"b":1})", 1, R"(["a","b"])"},
        {R"({"z":null})", "{}", 1, nullptr},
        {R"({"é\n":{"a":1},"a":[1e2,-0]})", R"({"é\n":{"a":1}})", 1, nullptr},
    };
    for (const Case& c : cases) {
      CAPTURE(c.object);
      const auto split = split_object(c.object, is_noise);
      REQUIRE(split);
      CHECK(split->rest == c.rest);
      CHECK(split->taken.size() == c.taken);
      CHECK(split->order == (c.order == nullptr ? std::nullopt : std::optional<std::string>{c.order}));
      const auto joined = join_object(split->rest, split->taken, split->order);
      REQUIRE(joined);
      CHECK(*joined == c.object);
    }
  }

  TEST_CASE("what is no object is refused") {
    for (const char* text : {"", "[]", "1", "null", "{", R"({"a":1,"a":2})"}) {
      CAPTURE(text);
      CHECK_FALSE(split_object(text, is_noise));
    }
  }

  TEST_CASE("join_object refuses an order that does not fit") {
    const std::vector<model::Field> taken = {{"a", "2"}};
    for (const char* order : {"[]", R"(["a"])", R"(["a","a"])", R"(["a","c"])", R"(["a","b","c"])", "{}", "[1,2]"}) {
      CAPTURE(order);
      CHECK_FALSE(join_object(R"({"b":1})", taken, std::string{order}));
    }
    CHECK(join_object(R"({"b":1})", taken, std::string{R"(["b","a"])"}));
  }

  TEST_CASE("joining undoes splitting, whatever is taken and in whatever order it comes back") {
    const std::uint64_t seed = test::property_seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (int round = 0; round < 300; ++round) {
      std::vector<model::Field> members;
      for (int i = 0; i < 8; ++i) {
        members.push_back(
            {fmt::format("{}{}", static_cast<char>('a' + i), i % 3 == 0 ? "\"é" : ""), fmt::format("{}", i)});
      }
      std::shuffle(members.begin(), members.end(), random);
      members.resize(random() % (members.size() + 1));
      const std::string object = object_text(members);
      const std::uint64_t chosen = random();
      auto split = split_object(
          object, [&](const model::Field& member) { return ((chosen >> (member.name[0] - 'a')) & 1U) != 0; });
      REQUIRE(split);
      std::shuffle(split->taken.begin(), split->taken.end(), random);
      const auto joined = join_object(split->rest, split->taken, split->order);
      REQUIRE(joined);
      CHECK(*joined == object);
    }
  }
}

}  // namespace qsnap::frameworks
