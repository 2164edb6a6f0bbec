// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/codec/record_json.hpp>
#include <qsnap/frameworks/bullmq/family.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

using model::Record;

Record describe(std::string_view id, const std::vector<std::string>& hash) {
  Record record{model::Section::jobs, {}, {}};
  OptionsReader options;
  describe_job("bull", id, test::block_of(hash), options, record);
  return record;
}

std::string text(const Record& record) {
  return codec::format_record(record);
}

/// The hash must be sorted by field, as in a keyspace.
void check_round_trip(std::string_view id, const std::vector<std::string>& hash) {
  const Record record = describe(id, hash);
  CAPTURE(text(record));
  const auto again = job_id(record);
  REQUIRE(again);
  CHECK(*again == id);
  OptionsWriter options;
  const auto items = job_hash(record, id, std::nullopt, options);
  REQUIRE(items);
  CHECK(*items == test::block_of(hash));
}

}  // namespace

TEST_SUITE("qsnap::frameworks::bullmq::describe_job") {
  TEST_CASE("meaning and noise are told apart") {
    const Record record = describe("17", {"atm",          "2",
                                          "ats",          "3",
                                          "data",         R"({"to":"é"})",
                                          "delay",        "5",
                                          "failedReason", "boom",
                                          "finishedOn",   "1795168744743",
                                          "name",         "send",
                                          "opts",         R"({"attempts":3,"backoff":{"type":"fixed"}})",
                                          "pb",           "w1",
                                          "priority",     "4",
                                          "progress",     "50",
                                          "returnvalue",  "null",
                                          "stacktrace",   R"(["at x"])",
                                          "stc",          "1",
                                          "timestamp",    "1795168744000"});
    CHECK(text(record) ==
          R"({"delay_ms":5,"enc":"json","error":"boom","max_retries":2,"name":"send",)"
          R"("opts":{"backoff":{"type":"fixed"}},"payload":{"to":"é"},"priority":4,"progress":50,"retry_count":1,)"
          R"("return_value":null,"stalled_count":1,"volatile":{"attempts_started":3,"created_at_ms":1795168744000,)"
          R"("finished_at_ms":1795168744743,"id":"17","opts_order":["attempts","backoff"],"stacktrace":["at x"],)"
          R"("worker":"w1"}})");
  }

  TEST_CASE("a chosen id is meaning, and the option that repeats it is a marker") {
    const Record record = describe("order-1", {"opts", R"({"jobId":"order-1"})"});
    CHECK(text(record) == R"({"id":"order-1","opts":{},"volatile":{"opts_job_id":true}})");
  }

  TEST_CASE("every hash comes back byte for byte") {
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
        {"1", {}},
        {"1", {"data", ""}},
        {"1", {"data", "{\"a\": 1}", "name", ""}},
        {"1", {"data", "not json", "opts", "not json"}},
        {"1", {"data", "\xff\xfe", "name", "\xff", "x", "\xff"}},
        {"1", {"plain", "value", "\xff", "value"}},
        {"1", {"atm", "007", "delay", "1e3", "priority", "", "timestamp", "-5"}},
        {"1", {"atm", "x", "attemptsMade", "2"}},
        {"1", {"atm", "0", "attemptsMade", "2"}},
        {"1", {"atm", "9223372036854775807"}},
        {"1", {"opts", R"({"attempts":0})"}},
        {"1", {"opts", R"({"attempts":-1,"x":9223372036854775807})"}},
        {"1", {"atm", "1", "attemptsMade", "2"}},
        {"1", {"attemptsMade", "2"}},
        {"1", {"fields", "x", "id", "y", "max_retries", "z", "payload", "p", "volatile", "v"}},
        {"1", {"opts", R"({"attempts":"3","timestamp":-1,"prevMillis":1.5,"jobId":"2"})"}},
        {"1", {"opts", R"({"jobId":"1","timestamp":1795168744000,"prevMillis":0,"parent":null,"tm":"00-ab"})"}},
        {"1", {"opts", R"({"attempts":3,"note":"a\/b"})"}},
        {"1", {"opts", R"([1])"}},
        {"1", {"opts", R"({"attempts": 3})"}},
        {"1", {"opts", R"({"delay":5,"repeat":{"endDate":1}})"}},
        {"1", {"opts", R"({"attempts":1,"attempts":2})"}},
        {"1", {"nrjid", "repeat:x:1795168744000"}},
        {"repeat:x:1795168744000", {"nrjid", "repeat:x:1795168745000", "rjk", "x"}},
        {"repeat:x:1795168744000", {"nrjid", "repeat:y:1795168745000", "rjk", "x"}},
        {"repeat:x:1795168744000", {"delay", "7", "rjk", "y"}},
        {"repeat:x:1795168744000", {"delay", "7"}},
        {"repeat:x:1795168744000", {"delay", "x7", "rjk", "x"}},
        {"repeat:x:1795168744000",
         {"delay", "7", "opts",
          R"({"delay":7,"jobId":"repeat:x:1795168744000","repeat":{"endDate":9,"tz":"Europe\/Paris","startDate":1}})",
          "rjk", "x"}},
        {"repeat:x:1795168744000", {"opts", R"({"repeat":{"endDate":"soon","startDate":1}})", "rjk", "x"}},
        {"repeat:x:1795168744000", {"opts", R"({"repeat":[1]})", "rjk", "x"}},
        {"meta\xff", {"name", "x"}},
    };
    for (const auto& [id, hash] : cases) {
      check_round_trip(id, hash);
    }
  }

  TEST_CASE("a parentKey of another prefix stays a field, one of ours is left to the refs") {
    CHECK(describe("1", {"parentKey", "other:q:1"}).fields.contains("fields"));
    CHECK_FALSE(describe("1", {"parentKey", "bull:q:1"}).fields.contains("fields"));
  }

  TEST_CASE("a time shift moves every instant of a scheduler's job, its id included") {
    Record record = describe("repeat:x:1000", {"nrjid", "repeat:x:2000", "opts",
                                               R"({"jobId":"repeat:x:1000","prevMillis":1000,"timestamp":900,)"
                                               R"("repeat":{"endDate":5000,"every":1000}})",
                                               "rjk", "x", "timestamp", "900"});
    describe_score(State::delayed, 1000.0 * 4096 + 3, record);
    model::shift_time(record, std::chrono::milliseconds{50});
    const auto id = job_id(record);
    REQUIRE(id);
    CHECK(*id == "repeat:x:1050");
    OptionsWriter options;
    const auto hash = job_hash(record, *id, std::nullopt, options);
    REQUIRE(hash);
    CHECK(*hash == test::block_of({"nrjid", "repeat:x:2050", "opts",
                                   R"({"jobId":"repeat:x:1050","prevMillis":1050,"timestamp":950,)"
                                   R"("repeat":{"endDate":5050,"every":1000}})",
                                   "rjk", "x", "timestamp", "950"}));
    const auto score = job_score(State::delayed, record);
    REQUIRE(score);
    CHECK(*score == 1050.0 * 4096 + 3);
  }

  TEST_CASE("two jobs that differ in ids and times alone have the same meaning") {
    const auto job = [](std::string_view slot, std::string_view at, std::string_view delay) {
      const std::string id = "repeat:x:" + std::string{slot};
      return describe(id, {"delay", std::string{delay}, "opts",
                           R"({"prevMillis":)" + std::string{slot} + R"(,"timestamp":)" + std::string{at} +
                               R"(,"jobId":")" + id + R"(","delay":)" + std::string{delay} + "}",
                           "rjk", "x", "timestamp", std::string{at}});
    };
    CHECK(job("1000", "900", "100").fields == job("2000", "1200", "800").fields);
  }

  TEST_CASE("the options of a job do not depend on those of the jobs before it") {
    const std::vector<std::string> texts = {R"({"attempts":3,"backoff":{"type":"fixed"}})",
                                            R"({"attempts":3,"backoff":{"type":"fixed"}})",
                                            R"({"backoff":{"type":"fixed"},"attempts":3})",
                                            R"({"attempts":4,"backoff":{"type":"fixed"}})",
                                            R"({"attempts": 4, "backoff": {"type": "fixed"}})",
                                            R"({"jobId":"1","attempts":4})",
                                            R"({"\u006aobId":"1","attempts":4})",
                                            R"({"delay":5,"repeat":{"every":5,"endDate":7}})",
                                            R"({"timestamp":1,"attempts":4})",
                                            "{}",
                                            "",
                                            "[]",
                                            "no JSON"};
    OptionsReader reader;
    OptionsWriter writer;
    std::mt19937 random{1};
    for (int i = 0; i < 2000; ++i) {
      const std::string& given = texts[random() % texts.size()];
      const std::string id = random() % 2 == 0 ? "1" : "2";
      const auto origin = random() % 2 == 0 ? JobOrigin::producer : JobOrigin::scheduler;
      CAPTURE(given);
      CAPTURE(id);
      Record alone{model::Section::jobs, {}, {}}, among_others = alone;
      describe_options(given, id, origin, alone);
      reader.describe(given, id, origin, among_others);
      REQUIRE(text(among_others) == text(alone));
      const auto again = writer.text(among_others, id);
      REQUIRE(again);
      REQUIRE(**again == given);
    }
  }

  TEST_CASE("records that no job can be made of are corrupt") {
    const auto check_corrupt = [](const Record& record) {
      CAPTURE(text(record));
      OptionsWriter options;
      const auto hash = job_hash(record, "1", std::nullopt, options);
      REQUIRE_FALSE(hash);
      CHECK(hash.error().code == ErrorCode::corrupt);
    };
    const auto with = [](std::string_view member, std::string json) {
      Record record{model::Section::jobs, {}, {}};
      record.fields.set(member, std::move(json));
      return record;
    };
    check_corrupt(with("name", "1"));
    check_corrupt(with("priority", "\"high\""));
    check_corrupt(with("fields", "[]"));
    check_corrupt(with("fields", R"({"a":1})"));
    check_corrupt(with("fields_raw", R"([["a"]])"));
    Record unknown_style = with("opts", "{}");
    unknown_style.fields.set("opts_enc", R"("morse")");
    check_corrupt(unknown_style);
    CHECK_FALSE(job_id(Record{}));
  }
}

TEST_SUITE("qsnap::frameworks::bullmq::describe_score") {
  TEST_CASE("scores come back bit for bit in every state") {
    const double scores[] = {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             1.5,
                             4096.0,
                             7353254707200000.0,
                             7353254707200007.0,
                             9007199254740992.0,
                             1e300,
                             5e-324,
                             1e15,
                             1795168744743.0,
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()};
    for (const State state :
         {State::completed, State::delayed, State::failed, State::prioritized, State::waiting_children}) {
      for (const double score : scores) {
        Record record = describe("1", {"finishedOn", "1795168744743", "timestamp", "1"});
        describe_score(state, score, record);
        CAPTURE(text(record));
        const auto again = job_score(state, record);
        REQUIRE(again);
        CHECK(*again == score);
        CHECK(std::signbit(*again) == std::signbit(score));
      }
    }
  }

  TEST_CASE("a score that repeats an instant of the job is left out") {
    Record record = describe("1", {"finishedOn", "1795168744743"});
    describe_score(State::completed, 1795168744743, record);
    CHECK(text(record) == R"({"volatile":{"finished_at_ms":1795168744743,"id":"1"}})");
    describe_score(State::completed, 1795168744744, record);
    CHECK(record.volatiles.find("entered_at_ms") == "1795168744744");
  }

  TEST_CASE("a delayed job without a score is corrupt") {
    CHECK_FALSE(job_score(State::delayed, Record{}));
    CHECK_FALSE(job_score(State::failed, Record{}));
    CHECK_FALSE(job_score(State::prioritized, Record{}));
  }
}

}  // namespace qsnap::frameworks::bullmq
