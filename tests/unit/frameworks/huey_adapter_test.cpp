// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/huey/huey.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;
using Roles = std::map<std::string, std::string>;

const AdapterList& huey_alone() {
  static const AdapterList list = test::alone(make_huey_adapter());
  return list;
}

}  // namespace

TEST_SUITE("huey adapter") {
  TEST_CASE("a state of Huey 3 is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("huey3"), huey_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // As len(huey), scheduled_count() and result_count() counted; a mark of a revoked task is among the results.
    CHECK(document.jobs_by_state() == Counts{{"huey::app result", 5},
                                             {"huey::app scheduled", 3},
                                             {"huey::app waiting", 7},
                                             {"huey::urgent prioritized", 4}});
    CHECK(test::verbatim(document) == Roles{});
  }

  TEST_CASE("what differs from run to run is taken out of a task's pickle, and put back") {
    const Document document = test::compose(test::fixture("huey3"), huey_alone());
    const std::string scheduled = document.lines_with(R"("state":"scheduled")");
    CHECK(scheduled.find(R"("name":"__main__.fail")") != std::string::npos);
    CHECK(scheduled.find(R"("eta_at_iso":"2026-11-20T)") != std::string::npos);
    CHECK(scheduled.find(R"("codec":"pickle")") != std::string::npos);
    CHECK(document.lines_with(R"("negative_priority":-5)").find(R"("queued_at_us":1)") != std::string::npos);
  }

  TEST_CASE("a shift of time moves the score and the eta inside the pickle alike") {
    const Document document = test::compose(test::fixture("huey3"), huey_alone());
    const Keys shifted = test::rebuild(document, huey_alone(), std::chrono::hours{24 * 365});
    const Document later = test::compose(shifted, huey_alone());
    CHECK(later.lines_with(R"("eta_at_iso":"2027-11-20T)") != "");
    CHECK(later.lines_with(R"("eta_at_iso":"2026-)") == "");
    CHECK(later.lines_with(R"("due_at_s":1826)") != "");
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("huey3"), huey_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, retries and states, and not ids and times") {
    const auto& adapters = huey_alone();
    const auto without_errors = [](std::string_view name) {
      Keys keys = test::fixture(name);
      keys.erase(
          std::remove_if(keys.begin(), keys.end(), [](const auto& key) { return key.name == "huey.results.app"; }),
          keys.end());  // the error of a failed task has the task's id in it
      return keys;
    };
    const Keys keys = without_errors("huey3");
    const std::string before = test::fingerprint(keys, adapters);
    const auto changed = [&](std::string_view key, std::string_view from, std::string_view to) {
      Keys others = keys;
      test::replace(test::key_named(others, key), from, to);
      return test::fingerprint(others, adapters);
    };
    // A pipeline's second task has an id of its own in the pickle of the first.
    Keys first = keys, again = without_errors("huey3-again");
    for (Keys* each : {&first, &again}) {
      auto& queue = test::key_named(*each, "huey.redis.app");
      model::ItemBlock items;
      for (std::size_t i = 1; i < queue.items.size(); ++i) {
        items.push(queue.items[i]);
      }
      queue.items = std::move(items);
    }
    CHECK(test::fingerprint(first, adapters) == test::fingerprint(again, adapters));
    CHECK(changed("huey.schedule.app", "ink", "inc") != before);
    CHECK(changed("huey.schedule.app", "K\x01K<", "K\x02K<") != before);  // retries that are left
    Keys moved = keys;
    test::key_named(moved, "huey.redis.app").name = "huey.redis.apq";
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
