// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/plain_list/plain_list.hpp>
#include <qsnap/frameworks/plain_stream/plain_stream.hpp>
#include <qsnap/frameworks/taskiq/taskiq.hpp>
#include <qsnap/model/stream_items.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using model::RedisType;
using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;

/// With a framework among them, of whose lists the fallback must keep off.
const AdapterList& some_adapters() {
  static const AdapterList list = [] {
    AdapterList some;
    some.push_back(make_plain_list_adapter());
    some.push_back(make_plain_stream_adapter());
    some.push_back(make_taskiq_adapter());
    return some;
  }();
  return list;
}

Keys plain_keys() {
  Keys keys = {
      test::make_key("app:queue:mail", RedisType::list, {R"({"id": 1})", R"({"id": 2, "to": "é"})", "not JSON"}),
      test::make_key("app:done", RedisType::list, {R"({"id":3})"}),
      test::make_key("names", RedisType::list, {"a", "b"}),
      test::make_key("one", RedisType::string, {R"({"id":4})"}),
  };
  auto& stream = keys.emplace_back(test::make_key("orders", RedisType::stream, {}));
  for (const model::StreamTuple& tuple :
       std::vector<model::StreamTuple>{{"meta", "2-0", "2", "0-0"},
                                       {"entry", "1-0", "n", "1"},
                                       {"entry", "2-0", "n", "2"},
                                       {"group", "audit", "0-0", ""},
                                       {"group", "billing", "1-0", "1"},
                                       {"consumer", "billing", "b1"},
                                       {"pending", "billing", "1-0", "b1", "5", "1"}}) {
    model::push_stream_tuple(stream.items, tuple);
  }
  std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return keys;
}

}  // namespace

TEST_SUITE("plain lists and streams") {
  TEST_CASE("lists of objects are queues, in the order of the list, whatever else is in them") {
    const Document document = test::check_round_trip(plain_keys(), some_adapters());
    CHECK(document.jobs_by_state() == Counts{{"list::app%3Adone waiting", 1}, {"list::app%3Aqueue%3Amail waiting", 3}});
    CHECK(test::verbatim(document) ==
          std::map<std::string, std::string>{{"names", "data"}, {"one", "data"}, {"orders", "data"}});
    const std::string jobs = document.lines_with("mail");
    CHECK(jobs.find(R"("payload":{"id":1})") < jobs.find(R"("payload":{"id":2,"to":"é"})"));
    CHECK(jobs.find(R"("payload":"not JSON")") != std::string::npos);
  }

  TEST_CASE("what lapses is no queue") {
    Keys keys = {test::make_key("9c4b6fd85e9cde97", RedisType::list, {R"({"accepted":1})"})};
    keys[0].expires_at = instant_from_ms(4'000'000'000'000);
    const Document document = test::check_round_trip(keys, some_adapters());
    CHECK(document.frameworks.empty());
    CHECK(document.verbatim.size() == 1);
  }

  TEST_CASE("what is named by a digest is no queue") {
    const Keys keys = {test::make_key("0cc175b9c0f1b6a831c399e269772661", RedisType::list, {R"({"accepted":1})"})};
    const Document document = test::check_round_trip(keys, some_adapters());
    CHECK(document.frameworks.empty());
    CHECK(document.verbatim.size() == 1);
  }

  TEST_CASE("a queue is found behind any number of other lists") {
    Keys keys;
    for (int i = 100; i < 200; ++i) {
      keys.push_back(test::make_key("log:" + std::to_string(i), RedisType::list, {"started"}));
    }
    keys.push_back(test::make_key("mail", RedisType::list, {R"({"id":1})"}));
    const Document document = test::check_round_trip(keys, some_adapters());
    CHECK(document.jobs_by_state() == Counts{{"list::mail waiting", 1}});
    CHECK(document.verbatim.size() == 100);
  }

  TEST_CASE("of a stream a record says how many entries it has, and what its groups have to do") {
    const Document document = test::check_round_trip(plain_keys(), some_adapters());
    const std::string queue = document.lines_with(R"("queue":"stream::orders")");
    CHECK(queue.find(R"("counts":{"entries":2})") != std::string::npos);
    CHECK(queue.find(R"("groups":[{"consumers":0,"name":"audit","pending":0},{"consumers":1,"name":"billing",)"
                     R"("pending":1}])") != std::string::npos);
  }

  TEST_CASE("what a framework claims is no plain list") {
    const Document document = test::check_round_trip(test::fixture("taskiq1"), some_adapters());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name == "taskiq");
    CHECK(document.lines_with("list::").empty());
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(plain_keys(), some_adapters(), 1, 300);
  }
}

}  // namespace qsnap::frameworks
