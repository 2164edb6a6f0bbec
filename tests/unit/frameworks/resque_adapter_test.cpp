// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/resque/resque.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;

const AdapterList& resque_alone() {
  static const AdapterList list = test::alone(make_resque_adapter());
  return list;
}

}  // namespace

TEST_SUITE("resque adapter") {
  TEST_CASE("a state of Resque 3 with resque-scheduler is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("resque3"), resque_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "resque");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // As Resque.size, Failure.count, count_all_scheduled_jobs and working.size counted.
    CHECK(document.jobs_by_state() == Counts{{"resque:resque:delayed delayed", 4},
                                             {"resque:resque:failed failed", 2},
                                             {"resque:resque:hold active", 1},
                                             {"resque:resque:mail waiting", 5}});
    for (const auto& [key, role] : test::verbatim(document)) {
      CAPTURE(key);
      CHECK(role == "derived");
      CHECK((key.find(":stat:") != std::string::npos || key.find(":worker") != std::string::npos));
    }
  }

  TEST_CASE("jobs say what they run, and why they failed") {
    const Document document = test::compose(test::fixture("resque3"), resque_alone());
    const std::string failed = document.lines_with(R"("state":"failed")");
    CHECK(failed.find(R"("error_class":"ArgumentError")") != std::string::npos);
    CHECK(failed.find(R"("name":"Fail")") != std::string::npos);
    CHECK(failed.find(R"("failed_at_iso":"2026/11/20 )") != std::string::npos);
    CHECK(document.lines_with(R"("state":"active")").find(R"("worker":"host:)") != std::string::npos);
  }

  TEST_CASE("a shift of time renames delayed lists, and what names them follows") {
    const Document document = test::compose(test::fixture("resque3"), resque_alone());
    Keys shifted = test::rebuild(document, resque_alone(), std::chrono::seconds{100});
    std::vector<std::string> lists;
    for (const std::string& name : test::names(shifted)) {
      if (name.starts_with("resque:delayed:")) {
        lists.push_back(name.substr(7));
      }
    }
    REQUIRE(lists.size() == 2);
    const auto& schedule = test::key_named(shifted, "resque:delayed_queue_schedule");
    REQUIRE(schedule.items.size() == 4);
    CHECK(lists[0] == "delayed:" + std::string{schedule.items[0]});
    CHECK(schedule.items[0] == schedule.items[1]);
    const auto& timestamps =
        test::key_named(shifted, R"(resque:timestamps:{"class":"Mail","args":[0],"queue":"mail"})");
    REQUIRE(timestamps.items.size() == 2);
    CHECK(timestamps.items[0] == lists[0]);
    CHECK(timestamps.items[1] == lists[1]);
  }

  TEST_CASE("the jobs of Sidekiq are not Resque's") {
    CHECK(test::compose(test::fixture("sidekiq6"), resque_alone()).frameworks.empty());
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("resque3"), resque_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, errors and states, and not times and workers") {
    const auto& adapters = resque_alone();
    const Keys keys = test::fixture("resque3");
    const std::string before = test::fingerprint(keys, adapters);
    CHECK(test::fingerprint(test::fixture("resque3-again"), adapters) == before);
    const auto changed = [&](std::string_view key, std::string_view from, std::string_view to) {
      Keys others = keys;
      test::replace(test::key_named(others, key), from, to);
      return test::fingerprint(others, adapters);
    };
    CHECK(changed("resque:queue:mail", "37.82", "37.83") != before);
    CHECK(changed("resque:failed", "no ink", "no pen") != before);
    Keys moved = keys;
    test::key_named(moved, "resque:queue:mail").name = "resque:queue:post";
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
