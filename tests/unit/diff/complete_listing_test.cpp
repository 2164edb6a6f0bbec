// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>

#include "fake_source.hpp"

using qsnap::diff::Change;
using qsnap::diff::ChangeKind;
using qsnap::diff::Changes;
using qsnap::diff::Listing;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

std::string job(const std::string& state, int id, const std::string& payload) {
  return fmt::format(R"({{"name":"send","payload":{},"queue":"bullmq:bull:mail","state":"{}",)"
                     R"("volatile":{{"created_at_ms":1,"id":"{}"}}}})",
                     payload, state, id);
}

std::string key(const std::string& name, int part, const std::string& items) {
  return fmt::format(R"({{"items":{},"key":"{}","part":{},"role":"data","type":"list"}})", items, name, part);
}

Changes compare_states(const State& before, const State& after, Listing listing = Listing::complete) {
  const FakeSource left{before, 2}, right{after, 2};
  auto changes = qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, {}, {listing, {}});
  REQUIRE(changes);
  return *std::move(changes);
}

}  // namespace

TEST_SUITE("diff::compare, complete listing") {
  TEST_CASE("jobs are told by where they stand in their section, also behind chunks that were not decoded") {
    State before, after;
    for (int i = 0; i < 6; ++i) {
      before.jobs.push_back(job("completed", i, fmt::format(R"({{"n":{}}})", i)));
    }
    after.jobs = before.jobs;
    before.jobs.push_back(job("waiting", 10, R"({"n":10})"));
    before.jobs.push_back(job("waiting", 11, R"({"n":11})"));
    after.jobs.push_back(job("failed", 11, R"({"n":11})"));
    after.jobs.push_back(job("waiting", 12, R"({"m":[12]})"));
    const Changes changes = compare_states(before, after);
    REQUIRE(changes.list.size() == 3);
    const Change &moved = changes.list[0], &removed = changes.list[1], &added = changes.list[2];
    CHECK(moved.kind == ChangeKind::moved);
    CHECK(moved.before_index == 7U);
    CHECK(moved.after_index == 6U);
    CHECK(moved.record.empty());
    CHECK(removed.kind == ChangeKind::removed);
    CHECK(removed.before_index == 6U);
    CHECK_FALSE(removed.after_index);
    CHECK(removed.record == before.jobs[6]);
    CHECK(added.after_index == 7U);
    CHECK(added.record == after.jobs[7]);
  }

  TEST_CASE("a summary has none of it") {
    State before, after;
    before.jobs = {job("waiting", 1, "{}")};
    after.queues = {R"({"queue":"bullmq:bull:mail"})"};
    const Changes changes = compare_states(before, after, Listing::summary);
    REQUIRE(changes.list.size() == 2);
    for (const Change& change : changes.list) {
      CHECK_FALSE(change.before_index);
      CHECK_FALSE(change.after_index);
      CHECK(change.record.empty());
      CHECK(change.encoded.empty());
    }
  }

  TEST_CASE("fields are never too many") {
    std::string before, after;
    for (int i = 0; i < 130; ++i) {
      before += fmt::format(R"({}"f{}":1)", i == 0 ? "" : ",", i);
      after += fmt::format(R"({}"f{}":2)", i == 0 ? "" : ",", i);
    }
    State left, right;
    left.jobs = {job("waiting", 1, "{" + before + "}")};
    right.jobs = {job("waiting", 1, "{" + after + "}")};
    const Changes changes = compare_states(left, right);
    REQUIRE(changes.list.size() == 1);
    CHECK(changes.list[0].fields.size() == 130);
  }

  TEST_CASE("keys are told part by part, and in several parts where they are") {
    State before, after;
    before.keys = {key("gone", 0, R"(["a"])"), key("gone", 1, R"(["b"])"), key("kept", 0, R"(["a"])"),
                   key("kept", 1, R"(["b","c"])")};
    after.keys = {key("kept", 0, R"(["a"])"), key("kept", 1, R"(["b"])"), key("kept", 2, R"(["d"])")};
    const Changes changes = compare_states(before, after);
    REQUIRE(changes.list.size() == 2);
    CHECK(changes.list[0].record == "[" + before.keys[0] + "," + before.keys[1] + "]");
    const Change& kept = changes.list[1];
    CHECK(kept.record.empty());
    REQUIRE(kept.encoded.size() == 2);
    CHECK(kept.encoded[0].path == ".parts[1]");
    CHECK(kept.encoded[0].before == before.keys[3]);
    CHECK(kept.encoded[0].after == after.keys[1]);
    CHECK(kept.encoded[1].path == ".parts[2]");
    CHECK_FALSE(kept.encoded[1].before);
  }

  TEST_CASE("queues and config are told with their records and places, too") {
    State before, after;
    before.queues = {R"({"queue":"bullmq:bull:a"})", R"({"paused":false,"queue":"bullmq:bull:b"})"};
    after.queues = {R"({"paused":true,"queue":"bullmq:bull:b","volatile":{"id_counter":3}})"};
    const Changes changes = compare_states(before, after);
    REQUIRE(changes.list.size() == 2);
    CHECK(changes.list[0].record == before.queues[0]);
    CHECK(changes.list[0].before_index == 0U);
    CHECK(changes.list[1].kind == ChangeKind::paused);
    CHECK(changes.list[1].before_index == 1U);
    CHECK(changes.list[1].after_index == 0U);
  }
}

TEST_SUITE("diff::compare, kinds") {
  TEST_CASE("the most telling kind is the word for a change") {
    struct Case {
      const char* before;
      const char* after;
      ChangeKind kind;
    };
    const auto kind_of = [](const std::string& before, const std::string& after,
                            std::vector<std::string> State::*list) {
      State left, right;
      (left.*list).push_back(before);
      (right.*list).push_back(after);
      const Changes changes = compare_states(left, right, Listing::summary);
      REQUIRE(changes.list.size() == 1);
      return changes.list[0].kind;
    };
    for (const Case& c : std::initializer_list<Case>{
             {R"("priority":1)", R"("priority":2)", ChangeKind::priority_changed},
             {R"("delay_ms":1,"priority":1)", R"("delay_ms":2,"priority":2)", ChangeKind::priority_changed},
             {R"("payload":1,"priority":1)", R"("payload":2,"priority":2)", ChangeKind::payload_changed},
             {R"("codec":"zlib")", R"("codec":"pickle")", ChangeKind::payload_changed},
             {R"("refs":[{"role":"a"}])", R"("delay_ms":2)", ChangeKind::schedule_changed},
             {R"("opts":1,"refs":[{"role":"a"}])", R"("opts":2,"refs":[])", ChangeKind::flow_changed},
             {R"("opts":1)", R"("opts":2)", ChangeKind::changed}}) {
      CAPTURE(c.before);
      const auto line = [](const char* members) {
        return fmt::format(R"({{{},"queue":"bullmq:bull:a","state":"failed","volatile":{{"id":"1"}}}})", members);
      };
      CHECK(kind_of(line(c.before), line(c.after), &State::jobs) == c.kind);
    }
    for (const Case& c : std::initializer_list<Case>{
             {R"("paused":false)", R"("paused":true)", ChangeKind::paused},
             {R"("version":"1")", R"("paused":true)", ChangeKind::paused},
             {R"("meta":{"max":1},"paused":true)", R"("meta":{"max":2})", ChangeKind::resumed},
             {R"("meta":{"concurrency":"1"})", R"("meta":{})", ChangeKind::limit_changed},
             {R"("meta":{"opts.maxLenEvents":"1"})", R"("meta":{"duration":"9"})", ChangeKind::limit_changed},
             {R"("meta":{"opts.maxLenEvents":"1"})", R"("meta":{})", ChangeKind::changed},
             {R"("listed":true)", R"("listed":false)", ChangeKind::changed}}) {
      CAPTURE(c.before);
      const auto line = [](const char* members) { return fmt::format(R"({{{},"queue":"bullmq:bull:a"}})", members); };
      CHECK(kind_of(line(c.before), line(c.after), &State::queues) == c.kind);
    }
    for (const Case& c : std::initializer_list<Case>{{R"("cron":"1")", R"("cron":"2")", ChangeKind::schedule_changed},
                                                     {R"("tz":"1")", R"("every":2)", ChangeKind::schedule_changed},
                                                     {R"("status":"1")", R"("status":"2")", ChangeKind::changed}}) {
      CAPTURE(c.before);
      const auto line = [](const char* members) { return fmt::format(R"({{"id":"x","kind":"cron",{}}})", members); };
      CHECK(kind_of(line(c.before), line(c.after), &State::config) == c.kind);
    }
  }
}
