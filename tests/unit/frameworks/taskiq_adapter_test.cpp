// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/taskiq/taskiq.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;

const AdapterList& taskiq_alone() {
  static const AdapterList list = test::alone(make_taskiq_adapter());
  return list;
}

}  // namespace

TEST_SUITE("taskiq adapter") {
  // No client of Taskiq made these: taskiq1.keys is what taskiq-redis' source says that ListQueueBroker.kick pushes.
  TEST_CASE("a state is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("taskiq1"), taskiq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.lines_with(R"("form":"raw")").empty());
    CHECK(document.jobs_by_state() == Counts{{"taskiq::reports waiting", 1}, {"taskiq::taskiq waiting", 6}});
    // A result, whose key is the task's id and nothing else.
    CHECK(document.verbatim.size() == 1);
    CHECK(document.lines_with(R"("name":"app:resize")").find(R"("retry_count":1)") != std::string::npos);
  }

  TEST_CASE("the task that was kicked first runs next") {
    const std::string jobs = test::compose(test::fixture("taskiq1"), taskiq_alone()).text();
    CHECK(jobs.find("été 0") < jobs.find("été 1"));
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("taskiq1"), taskiq_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads and retries, and not ids") {
    const auto& adapters = taskiq_alone();
    const auto tasks = [](std::string_view name) {
      Keys keys = test::fixture(name);
      keys.erase(std::remove_if(keys.begin(), keys.end(),
                                [](const auto& key) { return key.type == model::RedisType::string; }),
                 keys.end());  // the name of a result is an id
      return keys;
    };
    const std::string before = test::fingerprint(tasks("taskiq1"), adapters);
    CHECK(test::fingerprint(tasks("taskiq1-again"), adapters) == before);
    Keys changed = tasks("taskiq1");
    test::replace(test::key_named(changed, "taskiq"), "user", "uses");
    CHECK(test::fingerprint(changed, adapters) != before);
    Keys retried = tasks("taskiq1");
    test::replace(test::key_named(retried, "taskiq"), R"("_retries": 1)", R"("_retries": 2)");
    CHECK(test::fingerprint(retried, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
