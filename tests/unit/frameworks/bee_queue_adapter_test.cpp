// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/bee_queue/bee_queue.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;
using Roles = std::map<std::string, std::string>;

const AdapterList& bee_queue_alone() {
  static const AdapterList list = test::alone(make_bee_queue_adapter());
  return list;
}

}  // namespace

TEST_SUITE("bee-queue adapter") {
  TEST_CASE("a state of Bee-Queue 2 is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("bee-queue2"), bee_queue_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "bq");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // As Queue.checkHealth counted.
    CHECK(document.jobs_by_state() == Counts{{"bee-queue:bq:hold active", 1},
                                             {"bee-queue:bq:hold waiting", 2},
                                             {"bee-queue:bq:mail delayed", 3},
                                             {"bee-queue:bq:mail failed", 1},
                                             {"bee-queue:bq:mail succeeded", 4},
                                             {"bee-queue:bq:mail waiting", 6}});
    CHECK(test::verbatim(document) == Roles{{"bq:hold:stallBlock", "lock"}, {"bq:mail:stallBlock", "lock"}});
  }

  TEST_CASE("active jobs that may have stalled say so, and an id that somebody chose is kept") {
    Keys keys = test::fixture("bee-queue2");
    keys.push_back(test::make_key("bq:hold:stalling", model::RedisType::set, {"1"}));
    const Document document = test::check_round_trip(keys, bee_queue_alone());
    CHECK(document.lines_with(R"("state":"active")").find(R"("stalling":true)") != std::string::npos);
    CHECK(document.verbatim.count("bq:hold:stalling") == 0);
    CHECK(document.lines_with(R"("id":"report/é")").find(R"("payload":{"to":"x"})") != std::string::npos);
  }

  TEST_CASE("a shift of time moves jobs with their scores") {
    const Document document = test::compose(test::fixture("bee-queue2"), bee_queue_alone());
    Keys shifted = test::rebuild(document, bee_queue_alone(), std::chrono::milliseconds{1000});
    const auto& before = document.lines_with(R"("payload":{"to":"late"})");
    const std::string due = before.substr(before.find(R"("due_at_ms":)") + 12, 13);
    CHECK(test::compose(shifted, bee_queue_alone()).text().find(std::to_string(std::stoll(due) + 1000)) !=
          std::string::npos);
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("bee-queue2"), bee_queue_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, retries and states, and not times") {
    const auto& adapters = bee_queue_alone();
    const Keys keys = test::fixture("bee-queue2");
    const std::string before = test::fingerprint(keys, adapters);
    CHECK(test::fingerprint(test::fixture("bee-queue2-again"), adapters) == before);
    const auto changed = [&](std::string_view key, std::string_view from, std::string_view to) {
      Keys others = keys;
      test::replace(test::key_named(others, key), from, to);
      return test::fingerprint(others, adapters);
    };
    CHECK(changed("bq:mail:jobs", "37.82", "37.83") != before);
    CHECK(changed("bq:mail:jobs", R"("retries":1)", R"("retries":0)") != before);
    Keys moved = keys;
    test::key_named(moved, "bq:mail:failed").name = "bq:mail:succeeded2";
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
