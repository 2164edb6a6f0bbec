// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "contract_state.hpp"

namespace qsnap::contract {

using testing::checked;
using testing::finding;
using testing::job;
using testing::queue;
using testing::State;

namespace {

constexpr const char* k_mail = "bullmq:bull:mail";
constexpr const char* k_work = "bullmq:bull:work";

State mails(const std::vector<std::string>& members) {
  State state{{queue(k_mail)}, {}};
  for (const std::string& each : members) {
    state.jobs.push_back(job(k_mail, "failed", each));
  }
  return state;
}

/// Jobs of these names in one line.
State line(const std::vector<std::string>& names, const char* state = "waiting") {
  State result{{queue(k_work)}, {}};
  for (const std::string& name : names) {
    result.jobs.push_back(job(k_work, state, R"(,"name":")" + name + '"'));
  }
  return result;
}

}  // namespace

TEST_SUITE("contract::check_contract") {
  TEST_CASE("a count tells what was expected, what is there, where, and the first jobs") {
    const State state{
        {queue(k_mail), queue(k_work)},
        {job(k_mail, "failed", R"(,"id":"7","name":"email")"), job(k_work, "failed"), job(k_work, "waiting")}};
    CHECK(finding(state, "count: {}, equals: 3").holds);
    CHECK(finding(state, "count: {queue: mail}, at_least: 1, at_most: 1").holds);
    const Finding broken = finding(state, "count: {state: failed}, equals: 0");
    CHECK_FALSE(broken.holds);
    CHECK(broken.found == "expected 0, found 2: 1 in bullmq:bull:mail, failed; 1 in bullmq:bull:work, failed");
    CHECK(broken.breaking_jobs == 2);
    CHECK(broken.examples ==
          std::vector<std::string>{"job 7 (email) in bullmq:bull:mail, failed", "job in bullmq:bull:work, failed"});
    const Finding few = finding(state, "count: {state: waiting}, at_least: 2");
    CHECK(few.found == "expected at least 2, found 1: 1 in bullmq:bull:work, waiting");
    CHECK(few.examples.empty());
    CHECK(finding(state, "count: {state: active}, at_least: 2").found == "expected at least 2, found none");
  }

  TEST_CASE("a job that fits two selections is counted once") {
    const State state = line({"a", "b"});
    CHECK(finding(state, "count: [{queue: work}, {name: a}], equals: 2").holds);
  }

  TEST_CASE("a queue is named by its id, its name or a glob over either, a job by a glob") {
    const State state = line({"mail-1", "mail-2", "sms"});
    for (const auto* wanted : {"work", "bullmq:bull:work", "w*", "'bullmq:*'", "'wor?'"}) {
      CHECK(finding(state, std::string{"count: {queue: "} + wanted + ", name: 'mail-*'}, equals: 2").holds);
    }
    CHECK(finding(state, "count: {queue: bull}, equals: 0").holds);
    CHECK(finding(state, "count: {name: [sms, mail-1]}, equals: 2").holds);
  }

  TEST_CASE("a shared word for a state finds the framework's own") {
    const State state{{}, {job("sidekiq::mail", "dead"), job("sidekiq::mail", "retry")}};
    CHECK(finding(state, "count: {state: failed}, equals: 1").holds);
    CHECK(finding(state, "count: {state: [failed, retry]}, equals: 2").holds);
  }

  TEST_CASE("ids without a job are no jobs, but they have a place") {
    State state = line({"a"});
    state.jobs.insert(state.jobs.begin(), job(k_work, "waiting", R"(,"body":"missing","id":"1")"));
    CHECK(finding(state, "count: {}, equals: 1").holds);
    CHECK(finding(state, "empty: {}").examples == std::vector<std::string>{"job (a) in bullmq:bull:work, waiting 2"});
  }

  TEST_CASE("what nothing was asked of is told") {
    const State state = line({"a"});
    const Finding typing_error = finding(state, "empty: {queue: wrok}");
    CHECK(typing_error.holds);
    CHECK(typing_error.vacuous);
    CHECK(typing_error.found == "no queue wrok");
    CHECK_FALSE(finding(state, "empty: {state: failed}").vacuous);
    CHECK(finding(state, "count: {queue: [work, wrok]}, equals: 1").vacuous);
    CHECK(finding(state, "count: {queue: wrok}, equals: 1").found == "expected 1, found none; no queue wrok is there");
    CHECK(finding(state, "each: {name: b}, member: name, equals: b").found == "no job was selected");
    CHECK(finding(state, "each: {}, member: payload.x, equals: b").found == "none has payload.x");
    CHECK(finding(state, "unique: payload.x").vacuous);
    CHECK(finding(state, "before: {first: {name: a}, then: {name: z}}").found == "no job named z waits in an order");
    CHECK_FALSE(finding(state, "each: {}, member: payload.x, present: false").vacuous);
  }

  TEST_CASE("each job's number is held against the bounds, exactly") {
    const State state = mails({R"(,"id":"1","retry_count":3)", R"(,"id":"2","retry_count":5)", R"(,"id":"3")"});
    CHECK(finding(state, "each: {}, member: retry_count, at_most: 5").found == "3 jobs, 1 of them without retry_count");
    const Finding broken = finding(state, "each: {queue: mail}, member: retry_count, at_most: 3");
    CHECK(broken.found == "expected retry_count to be at most 3, not so in 1 of 3 jobs");
    CHECK(broken.examples == std::vector<std::string>{"job 2 in bullmq:bull:mail, failed: retry_count 5"});
    CHECK(broken.breaking_jobs == 1);
    const auto price = [](const std::string& number) {
      return mails({R"(,"enc":"json","payload":{"price":)" + number + "}"});
    };
    CHECK(finding(price("9007199254740993"), "each: {}, member: payload.price, equals: 9007199254740993").holds);
    CHECK_FALSE(finding(price("9007199254740993"), "each: {}, member: payload.price, equals: 9007199254740992").holds);
    CHECK(finding(price("0.10"), "each: {}, member: payload.price, equals: 0.1").holds);
    CHECK_FALSE(finding(price("\"1\""), "each: {}, member: payload.price, equals: 1").holds);
    CHECK_FALSE(finding(price("{\"a\":1}"), "each: {}, member: payload.price, equals: 1").holds);
  }

  TEST_CASE("a member is there or not, one of some values, or like a glob") {
    const State state =
        mails({R"(,"enc":"json","payload":{"cc":null,"to":"a@b"})", R"(,"enc":"json","payload":{"to":"c@d"})"});
    CHECK(finding(state, "each: {}, member: payload.to, present: true, matches: '*@*'").holds);
    CHECK(finding(state, "each: {}, member: payload.to, matches: 'a*'").examples ==
          std::vector<std::string>{R"(job in bullmq:bull:mail, failed: payload.to "c@d")"});
    CHECK(finding(state, "each: {}, member: payload.cc, present: true").found ==
          "expected payload.cc to be there, not so in 1 of 2 jobs");
    CHECK(finding(state, "each: {}, member: payload.cc, present: true").examples ==
          std::vector<std::string>{"job in bullmq:bull:mail, failed: no payload.cc"});
    CHECK(finding(state, "each: {}, member: payload.cc, present: false").breaking_jobs == 1);
    CHECK(finding(state, "each: {}, member: payload.to, one_of: [a@b, c@d]").holds);
    CHECK(finding(state, "each: {}, member: payload.cc, one_of: [null]").holds);
    CHECK_FALSE(finding(state, "each: {}, member: payload.cc, matches: '*'").holds);
    CHECK(finding(state, "each: {}, member: payload.to, equals: a@b").breaking_jobs == 1);
  }

  TEST_CASE("a wildcard judges every value that it leads to") {
    const State state = mails(
        {R"(,"enc":"json","payload":{"items":[{"price":1},{"price":7}]})", R"(,"enc":"json","payload":{"items":[]})"});
    CHECK(finding(state, "each: {}, member: 'payload.items[*].price', at_most: 7").found ==
          "2 jobs, 1 of them without payload.items[*].price");
    CHECK(finding(state, "each: {}, member: 'payload.items[*].price', at_most: 3").examples ==
          std::vector<std::string>{"job in bullmq:bull:mail, failed: payload.items[1].price 7"});
    CHECK(finding(state, "each: {}, member: 'payload.items[1].price', equals: 7").holds);
    CHECK(finding(state, "each: {}, member: 'payload.**', at_most: 7").holds == false);  // [] is no number
    CHECK(finding(state, "each: {}, member: 'payload.**.price', at_least: 1").holds);
  }

  TEST_CASE("payloads are read as a comparison reads them") {
    // zlib of {"id":1}
    const State state = mails({R"(,"codec":"zlib+json","enc":"base64","payload":"eJyrVspMUbIyrAUAC00CdQ==")"});
    const Finding found = finding(state, "each: {}, member: payload.id, equals: 1");
    CHECK(found.holds);
    CHECK_FALSE(found.vacuous);
  }

  TEST_CASE("volatile members can be named, with or without saying so") {
    const State state = mails({R"(,"volatile":{"id":"17"})", R"(,"volatile":{"id":"18"})"});
    CHECK(finding(state, "unique: id").holds);
    CHECK(finding(state, "each: {}, member: volatile.id, matches: '1?'").found == "2 jobs");
  }

  TEST_CASE("order is told with the places") {
    const Finding broken = finding(line({"email", "x", "email", "payment", "email"}),
                                   "before: {first: {name: payment}, then: {name: email}}");
    CHECK_FALSE(broken.holds);
    CHECK(broken.found ==
          "2 jobs named email stand before the last one named payment in bullmq:bull:work, waiting (1, 3, the last is "
          "4)");
    CHECK(broken.breaking_jobs == 2);
    CHECK(broken.examples == std::vector<std::string>{"job (email) in bullmq:bull:work, waiting 1",
                                                      "job (email) in bullmq:bull:work, waiting 3"});
    CHECK(finding(line({"payment", "payment", "x", "email"}), "before: {first: {name: payment}, then: {name: email}}")
              .holds);
  }

  TEST_CASE("order is judged in each line by itself, and only where there is one") {
    State state = line({"email"}, "prioritized");
    for (const std::string& job : line({"payment"}).jobs) {
      state.jobs.push_back(job);
    }
    const std::string rule = "before: {first: {name: payment}, then: {name: email}}";
    CHECK(finding(state, rule).holds);
    CHECK(finding(state, rule).found == "no line has jobs of both");
    CHECK(finding(line({"email", "payment"}, "failed"), rule).holds);
    CHECK(finding(line({"email", "payment"}, "failed"), rule).vacuous);
    State two = line({"email", "payment"}, "paused");
    for (const std::string& job : line({"email", "email", "payment"}).jobs) {
      two.jobs.push_back(job);
    }
    CHECK(finding(two, rule).breaking_jobs == 3);
    CHECK(finding(two, rule).found ==
          "3 jobs named email stand before the last one named payment in bullmq:bull:work, paused (1, the last is 2), "
          "and "
          "in 1 line more");
  }

  TEST_CASE("a value that is there twice is told with both jobs") {
    const State state = mails({R"(,"enc":"json","payload":{"orderId":17})", R"(,"enc":"json","payload":{"orderId":18})",
                               R"(,"enc":"json","id":"c","payload":{"orderId":17})", ""});
    const Finding broken = finding(state, "unique: payload.orderId, of: {queue: mail}");
    CHECK(broken.found == "1 of 4 jobs repeats the payload.orderId of another");
    CHECK(broken.examples ==
          std::vector<std::string>{
              "job c in bullmq:bull:mail, failed: payload.orderId 17, as the job in bullmq:bull:mail, failed 1"});
    CHECK(finding(mails({R"(,"enc":"json","payload":{"a":1,"b":2})", R"(,"enc":"json","payload":{"b":2,"a":1})"}),
                  "unique: payload")
              .breaking_jobs == 1);
    CHECK(finding(mails({R"(,"enc":"json","payload":{"ids":[1,1]})", R"(,"enc":"json","payload":{"ids":[2]})"}),
                  "unique: 'payload.ids[*]'")
              .holds);
    CHECK(finding(mails({R"(,"enc":"json","payload":{"ids":[1,3]})", R"(,"enc":"json","payload":{"ids":[3,1]})"}),
                  "unique: 'payload.ids[*]'")
              .breaking_jobs == 1);
  }

  TEST_CASE("findings come in the order of the file, and one that is broken breaks the contract") {
    const auto report = checked(line({"a"}), "  - {name: one, empty: {}}\n  - {name: two, exists: {}}\n");
    REQUIRE(report);
    REQUIRE(report->findings.size() == 2);
    CHECK(report->findings[0].invariant == "one");
    CHECK(report->findings[0].file == "c.yaml");
    CHECK(report->findings[1].line == 4);
    CHECK_FALSE(report->holds());
  }

  TEST_CASE("long and hostile values are cut, and examples are few") {
    std::vector<std::string> members(20, R"(,"name":")" + std::string(5000, 'x') + R"(","retry_count":9)");
    const Finding broken = finding(mails(members), "each: {}, member: retry_count, at_most: 3");
    CHECK(broken.breaking_jobs == 20);
    CHECK(broken.examples.size() == 5);
    CHECK(broken.examples.front().size() < 300);
  }

  TEST_CASE("whoever waits can stop it") {
    const std::atomic<bool> cancelled{true};
    std::vector<std::string> members(3000);
    const frameworks::decode::DecodingPayloadReader payloads;
    const auto contract = config::parse_contract("version: 1\ncontract: [{name: a, empty: {}}]\n", "c.yaml");
    REQUIRE(contract);
    const auto report =
        check_contract(testing::records_of(mails(members)), {*contract}, payloads, Progress{{}, &cancelled});
    REQUIRE_FALSE(report);
    CHECK(report.error().code == ErrorCode::cancelled);
  }
}

}  // namespace qsnap::contract
