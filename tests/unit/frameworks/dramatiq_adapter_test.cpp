// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/dramatiq/dramatiq.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;
using Roles = std::map<std::string, std::string>;

const AdapterList& dramatiq_alone() {
  static const AdapterList list = test::alone(make_dramatiq_adapter());
  return list;
}

}  // namespace

TEST_SUITE("dramatiq adapter") {
  TEST_CASE("a state of Dramatiq 2 is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("dramatiq2"), dramatiq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "dramatiq");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // As the script that made it counted: five messages sent and four delayed, one of which a consumer has; of six
    // others two rejected, two with a consumer, one delayed for its second try.
    CHECK(document.jobs_by_state() == Counts{{"dramatiq:dramatiq:images active", 2},
                                             {"dramatiq:dramatiq:images dead", 2},
                                             {"dramatiq:dramatiq:images delayed", 1},
                                             {"dramatiq:dramatiq:images waiting", 1},
                                             {"dramatiq:dramatiq:mail delayed", 3},
                                             {"dramatiq:dramatiq:mail delayed-active", 1},
                                             {"dramatiq:dramatiq:mail waiting", 5}});
    // Whoever looks after the queue gives the messages of workers back that have been silent for long.
    CHECK(test::verbatim(document) == Roles{{"dramatiq:__heartbeats__", "derived"}});
  }

  TEST_CASE("a message that failed says how often and why") {
    const std::string line =
        test::compose(test::fixture("dramatiq2"), dramatiq_alone()).lines_with(R"("retry_count":1)");
    CHECK(line.find(R"("name":"resize")") != std::string::npos);
    CHECK(line.find(R"("payload":["a/3.jpg"])") != std::string::npos);
    CHECK(line.find(R"("stacktrace":"Traceback)") != std::string::npos);
    CHECK(line.find(R"("due_at_ms":1)") != std::string::npos);
  }

  TEST_CASE("a delayed message that a worker has fetched has a state of its own, and its worker is known") {
    const Document document = test::compose(test::fixture("dramatiq2"), dramatiq_alone());
    CHECK(document.lines_with(R"("payload":["late0"])").find(R"("worker":")") != std::string::npos);
    CHECK(document.lines_with(R"("payload":["late1"])").find(R"("worker":")") == std::string::npos);
  }

  TEST_CASE("a body that no structure names is an orphan") {
    Keys keys = test::fixture("dramatiq2");
    keys.erase(std::remove_if(keys.begin(), keys.end(), [](const auto& key) { return key.name == "dramatiq:mail"; }),
               keys.end());
    CHECK(test::check_round_trip(keys, dramatiq_alone()).jobs_by_state()["dramatiq:dramatiq:mail orphan"] == 5);
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("dramatiq2"), dramatiq_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, retries and states, and not ids, times and workers") {
    const auto& adapters = dramatiq_alone();
    const Keys keys = test::fixture("dramatiq2");
    const std::string before = test::fingerprint(keys, adapters);
    CHECK(test::fingerprint(test::fixture("dramatiq2-again"), adapters) == before);
    const auto changed = [&](std::string_view key, std::string_view from, std::string_view to) {
      Keys others = keys;
      test::replace(test::key_named(others, key), from, to);
      return test::fingerprint(others, adapters);
    };
    CHECK(changed("dramatiq:mail.msgs", "user", "uses") != before);
    CHECK(changed("dramatiq:images.DQ.msgs", R"("retries":1)", R"("retries":2)") != before);
    Keys moved = keys;
    test::key_named(moved, "dramatiq:mail").name = "dramatiq:__acks__.w.mail";
    test::key_named(moved, "dramatiq:__acks__.w.mail").type = model::RedisType::set;
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
