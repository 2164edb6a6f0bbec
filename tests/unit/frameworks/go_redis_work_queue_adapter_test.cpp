// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/go_redis_work_queue/go_redis_work_queue.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;

const AdapterList& go_redis_work_queue_alone() {
  static const AdapterList list = test::alone(make_go_redis_work_queue_adapter());
  return list;
}

}  // namespace

TEST_SUITE("go-redis-work-queue adapter") {
  TEST_CASE("a state is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("go-redis-work-queue"), go_redis_work_queue_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "jobqueue");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // The lengths that LLEN gives: 7 and 15 in the lists of high and low priority, 4, 2, and six workers with a job.
    CHECK(document.jobs_by_state() == Counts{{"go-redis-work-queue:jobqueue:jobs completed", 4},
                                             {"go-redis-work-queue:jobqueue:jobs dead_letter", 2},
                                             {"go-redis-work-queue:jobqueue:jobs processing", 6},
                                             {"go-redis-work-queue:jobqueue:jobs waiting", 22}});
    for (const auto& [key, role] : test::verbatim(document)) {
      CAPTURE(key);
      CHECK(role == (key == "jobqueue:rate_limit:producer" ? "derived" : "lock"));
    }
    CHECK(document.verbatim.size() == 5);
  }

  TEST_CASE("a job is what there is to do, how urgent it is, and how often it was tried") {
    const std::string job = test::compose(test::fixture("go-redis-work-queue"), go_redis_work_queue_alone())
                                .lines_with(R"("state":"dead_letter")");
    CHECK(job.find(R"("payload":{"filepath":"/data/)") != std::string::npos);
    CHECK(job.find(R"("retry_count":3)") != std::string::npos);
    CHECK(job.find(R"("created_at_iso":"2026-11-)") != std::string::npos);
  }

  TEST_CASE("other names of the lists are another namespace, and other lists are none") {
    Keys keys = test::fixture("go-redis-work-queue");
    for (auto& key : keys) {
      key.name.replace(0, 8, "acme:files");
    }
    keys.push_back(test::make_key("x:completed", model::RedisType::list, {R"({"id":"1"})"}));
    const Document document = test::check_round_trip(keys, go_redis_work_queue_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "acme:files");
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("go-redis-work-queue"), go_redis_work_queue_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, retries and states, and not ids, times and workers") {
    const auto& adapters = go_redis_work_queue_alone();
    const Keys keys = test::fixture("go-redis-work-queue");
    const std::string before = test::fingerprint(keys, adapters);
    CHECK(test::fingerprint(test::fixture("go-redis-work-queue-again"), adapters) == before);
    const auto changed = [&](std::string_view key, std::string_view from, std::string_view to) {
      Keys others = keys;
      test::replace(test::key_named(others, key), from, to);
      return test::fingerprint(others, adapters);
    };
    CHECK(changed("jobqueue:low_priority", "/data/", "/date/") != before);
    CHECK(changed("jobqueue:dead_letter", R"("retries":3)", R"("retries":4)") != before);
    Keys moved = keys;
    test::key_named(moved, "jobqueue:dead_letter").name = "jobqueue:failed_priority";
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
