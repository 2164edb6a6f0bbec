// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/config/contract.hpp>
#include <qsnap/model/state_words.hpp>

using namespace qsnap::config;  // NOLINT(google-build-using-namespace)

namespace {

/// The error's message, or "accepted".
std::string verdict(const std::string& text) {
  const auto contract = parse_contract(text, "c.yaml");
  return contract ? "accepted" : contract.error().message;
}

/// Of a contract with one entry.
std::string entry_verdict(const std::string& entry) {
  return verdict("version: 1\ncontract:\n  - {name: n, " + entry + "}\n");
}

template <class Rule>
Rule entry(const std::string& text) {
  const auto contract = parse_contract("version: 1\ncontract:\n  - {name: n, " + text + "}\n", "c.yaml");
  REQUIRE(contract);
  REQUIRE(contract->invariants.size() == 1);
  return std::get<Rule>(contract->invariants.front().rule);
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_SUITE("config::parse_contract") {
  TEST_CASE("every kind arrives, with names and lines") {
    const auto contract = parse_contract(R"(version: 1
contract:
  - name: the dead letter queue is empty
    count: {queue: mail, state: failed}
    equals: 0
  - name: every order is somewhere
    count:
      - {queue: orders, state: [waiting, active]}
      - {queue: archive}
    at_least: 30
    at_most: 40
  - name: nobody retries often
    each: {queue: mail}
    member: retry_count
    at_most: 3
  - name: payments before emails
    before: {first: {name: payment}, then: {name: "e*"}}
  - name: no order twice
    unique: payload.orderId
    of: {queue: orders}
)",
                                         "c.yaml");
    REQUIRE(contract);
    CHECK(contract->file == "c.yaml");
    REQUIRE(contract->invariants.size() == 5);
    CHECK(contract->invariants[1].name == "every order is somewhere");
    CHECK(contract->invariants[1].line == 6);
    const auto& count = std::get<CountInvariant>(contract->invariants[1].rule);
    REQUIRE(count.of.size() == 2);
    CHECK(count.of[0].states == std::vector<std::string>{"waiting", "active"});
    CHECK(count.bounds.at_most->text == "40");
    CHECK_FALSE(count.bounds.equals);
    const auto& each = std::get<EachInvariant>(contract->invariants[2].rule);
    CHECK(each.member.text() == "jobs.retry_count");
    const auto& order = std::get<OrderInvariant>(contract->invariants[3].rule);
    CHECK(order.later.names == std::vector<std::string>{"e*"});
    const auto& unique = std::get<UniqueInvariant>(contract->invariants[4].rule);
    CHECK(unique.of.queues == std::vector<std::string>{"orders"});
  }

  TEST_CASE("empty and exists are short forms of count") {
    CHECK(entry<CountInvariant>("empty: {state: failed}").bounds.equals->value.is_zero());
    CHECK(entry<CountInvariant>("exists: {}").bounds.at_least->text == "1");
  }

  TEST_CASE("values keep their kind") {
    CHECK(entry<EachInvariant>("each: {}, member: payload.currency, equals: EUR").one_of ==
          std::vector<std::string>{R"("EUR")"});
    CHECK(entry<EachInvariant>("each: {}, member: x, equals: 5").bounds.equals->text == "5");
    CHECK(entry<EachInvariant>("each: {}, member: x, equals: \"5\"").one_of == std::vector<std::string>{R"("5")"});
    CHECK(entry<EachInvariant>("each: {}, member: x, one_of: [1.5, a, 'true', true, null]").one_of ==
          std::vector<std::string>{"1.5", R"("a")", R"("true")", "true", "null"});
    CHECK(entry<EachInvariant>("each: {}, member: x, present: false").presence == EachInvariant::Presence::absent);
    CHECK(entry<EachInvariant>(R"(each: {}, member: '["a.b"]', present: true)").member.text() == R"(jobs["a.b"])");
  }

  TEST_CASE("a typing error is told with its line and the nearest word") {
    CHECK(verdict("version: 1\ncontract:\n  - name: a\n    count: {quue: x}\n    equals: 0\n") ==
          "c.yaml:4: unknown key \"quue\"; did you mean queue?");
    CHECK(verdict("version: 1\ncontract:\n  - name: a\n    emtpy: {}\n") ==
          "c.yaml:4: unknown key \"emtpy\"; did you mean empty?");
    CHECK(verdict("version: 1\ncontact: []\n") == "c.yaml:2: unknown key \"contact\"; did you mean contract?");
    CHECK(entry_verdict("empty: {state: fialed}") ==
          "c.yaml:3: no framework has a state \"fialed\"; did you mean failed?");
  }

  TEST_CASE("what cannot be meant is refused in words") {
    CHECK(verdict("contract: [{name: a, empty: {}}]\n").find("version is missing") != std::string::npos);
    CHECK(verdict("version: 2\ncontract: [{name: a, empty: {}}]\n").find("version must be 1") != std::string::npos);
    CHECK(verdict("version: 1\n").find("contract must be a list") != std::string::npos);
    CHECK(verdict("version: 1\ncontract: []\n").find("contract must be a list") != std::string::npos);
    CHECK(verdict("version: 1\ncontract: {}\n").find("contract must be a list") != std::string::npos);
    CHECK(verdict("version: 1\ncontract: [{empty: {}}]\n").find("name must say") != std::string::npos);
    CHECK(verdict("version: 1\ncontract: [{name: a, empty: {}}, {name: a, exists: {}}]\n") ==
          "c.yaml:2: \"a\" is there twice");
    CHECK(entry_verdict("equals: 3").find("needs count, empty, exists") != std::string::npos);
    CHECK(entry_verdict("count: {}, empty: {}").find("do not go together") != std::string::npos);
    CHECK(entry_verdict("count: {}").find("count needs equals, at_least or at_most") != std::string::npos);
    CHECK(entry_verdict("count: {}, equals: -1").find("-1 is no number of jobs") != std::string::npos);
    CHECK(entry_verdict("count: {}, equals: 1.5").find("1.5 is no number of jobs") != std::string::npos);
    CHECK(entry_verdict("count: {}, equals: many").find("equals must be a number") != std::string::npos);
    CHECK(entry_verdict("count: {}, equals: \"1\"").find("equals must be a number") != std::string::npos);
    CHECK(entry_verdict("count: {}, at_least: 3, at_most: 2").find("nothing is at least 3") != std::string::npos);
    CHECK(entry_verdict("count: {}, equals: 3, at_most: 4").find("do not go together") != std::string::npos);
    CHECK(entry_verdict("count: mail, equals: 3").find("must say which jobs") != std::string::npos);
    CHECK(entry_verdict("count: [], equals: 3").find("must say which jobs") != std::string::npos);
    CHECK(entry_verdict("empty: {queue: []}").find("must be a text or a list of texts") != std::string::npos);
    CHECK(entry_verdict("empty: {queue: {a: b}}").find("must be a text or a list of texts") != std::string::npos);
    CHECK(entry_verdict("empty: {}, equals: 0") == "c.yaml:3: equals does not go with empty");
    CHECK(entry_verdict("each: {}, member: x").find("each needs equals") != std::string::npos);
    CHECK(entry_verdict("each: {}, at_most: 3").find("member must be the path") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: jobs.x, at_most: 3").find("begins with the member") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: 'a[', at_most: 3").find("path") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: '[queue=a].b', at_most: 3").find("no conditions") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: x, one_of: [0x10]").find("put a text in quotes") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: x, one_of: [Yes]").find("put a text in quotes") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: x, one_of: []").find("must hold a value") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: x, present: false, at_most: 2").find("absent") != std::string::npos);
    CHECK(entry_verdict("each: {}, member: x, present: maybe").find("true or false") != std::string::npos);
    CHECK(entry_verdict("before: {first: {}}").find("first and then") != std::string::npos);
    CHECK(entry_verdict("before: {first: {state: failed}, then: {}}").find("have no order") != std::string::npos);
    CHECK(entry_verdict("unique: ''").find("must be the path") != std::string::npos);
    CHECK(entry_verdict("unique: &a payload.x").find("anchors are not allowed") != std::string::npos);
    CHECK(entry_verdict("unique: !!str payload.x").find("tags are not allowed") != std::string::npos);
  }

  TEST_CASE("a contract is bounded") {
    std::string text = "version: 1\ncontract:\n";
    for (int i = 0; i < 1001; ++i) {
      text += "  - {name: n" + std::to_string(i) + ", empty: {}}\n";
    }
    CHECK(verdict(text) == "c.yaml:3: contract has more than 1000 entries");
    CHECK(verdict(std::string(2U << 20U, '#')).find("larger than 1024 KiB") != std::string::npos);
    CHECK(entry_verdict("empty: {name: '" + std::string(2000, '*') + "'}").find("text") != std::string::npos);
  }

  TEST_CASE("the schema has every state") {
    const std::string schema = contents(std::filesystem::path{QSNAP_SOURCE_DIR} / "schemas/v1/contract.schema.json");
    for (const std::string_view state : qsnap::model::known_states()) {
      INFO(state);
      CHECK(schema.find('"' + std::string{state} + '"') != std::string::npos);
    }
  }

  TEST_CASE("the examples of the schema are judged as their folders say") {
    const auto folder = [](const char* kind) {
      return std::filesystem::path{QSNAP_SOURCE_DIR} / "schemas/v1/examples" / kind / "contract";
    };
    int valid = 0, invalid = 0;
    for (const auto& file : std::filesystem::directory_iterator{folder("valid")}) {
      INFO(file.path());
      CHECK(verdict(contents(file.path())) == "accepted");
      ++valid;
    }
    for (const auto& file : std::filesystem::directory_iterator{folder("invalid")}) {
      INFO(file.path());
      CHECK(verdict(contents(file.path())) != "accepted");
      ++invalid;
    }
    CHECK(valid > 0);
    CHECK(invalid > 0);
  }
}
