// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/renamed_queues.hpp>

#include "fake_source.hpp"

using qsnap::diff::QueueCounts;
using qsnap::diff::QueueNames;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

using Lines = std::vector<std::string>;

std::string job(const std::string& queue, const std::string& state, int id, const std::string& payload,
                int created = 1) {
  return fmt::format(R"({{"name":"send","payload":{},"queue":"bullmq:bull:{}","state":"{}",)"
                     R"("volatile":{{"created_at_ms":{},"id":"{}"}}}})",
                     payload, queue, state, created, id);
}

std::string counts(const std::string& queue, int waiting, int failed) {
  return fmt::format(R"({{"counts":{{"failed":{},"waiting":{}}},"queue":"bullmq:bull:{}"}})", failed, waiting, queue);
}

/// "moved 7": kind and id, of jobs.
Lines job_changes(const FakeSource& before, const FakeSource& after) {
  const auto changes = qsnap::diff::compare(before, after, {}, qsnap::test::MiniPayloadReader{}, {});
  REQUIRE(changes);
  Lines lines;
  for (const auto& change : changes->list) {
    if (change.subject == qsnap::diff::Subject::job) {
      lines.push_back(fmt::format("{} {}", to_text(change.kind), change.id));
    }
  }
  return lines;
}

}  // namespace

TEST_SUITE("diff::match_jobs, as a comparison shows it") {
  TEST_CASE("the jobs of a renamed queue moved, also those that were edited or worked on") {
    State before, after;
    before.queues = {counts("old", 3, 1)};
    before.jobs = {job("old", "failed", 1, R"({"n":1})"), job("old", "waiting", 2, R"({"n":2})"),
                   job("old", "waiting", 3, R"({"n":3})"), job("old", "waiting", 4, R"({"n":4})")};
    after.queues = {counts("renamed", 2, 2)};
    after.jobs = {job("renamed", "failed", 1, R"({"n":1})"), job("renamed", "failed", 2, R"({"n":2})"),
                  job("renamed", "waiting", 3, R"({"m":9})"), job("renamed", "waiting", 4, R"({"n":4})")};
    CHECK(job_changes(FakeSource{before}, FakeSource{after}) == Lines{"moved 1", "moved 2", "moved 3", "moved 4"});
  }

  TEST_CASE("where most jobs are there under their ids, a new one is no old one however alike they are") {
    const auto alike = [](int n) { return fmt::format(R"({{"n":{},"to":"a","kind":"b","lang":"c"}})", n); };
    State before, after;
    for (int i = 0; i < 8; ++i) {
      before.jobs.push_back(job("mail", "waiting", i, alike(i)));
      after.jobs.push_back(job("mail", "waiting", i + 2, alike(i + 2)));
    }
    CHECK(job_changes(FakeSource{before}, FakeSource{after}) == Lines{"removed 0", "removed 1", "added 8", "added 9"});
    for (int i = 0; i < 8; ++i) {
      after.jobs[static_cast<std::size_t>(i)] = job("mail", "waiting", i, alike(i + (i < 2 ? 20 : 0)), 5000);
    }
    CHECK(job_changes(FakeSource{before}, FakeSource{after}) == Lines{"payload_changed 0", "payload_changed 1"});
  }

  TEST_CASE("a job in another queue with another id and an error is the same by name and payload") {
    const auto with_error = [](std::string line) { return line.insert(1, R"("error":"no such user",)"); };
    State before, after;
    before.jobs = {job("mail", "waiting", 1, R"({"n":1})"), job("mail", "waiting", 2, R"({"n":2})"),
                   job("mail", "waiting", 3, R"({"n":3})")};
    after.jobs = {with_error(job("dead", "waiting", 1, R"({"n":2})")), job("mail", "waiting", 1, R"({"n":1})"),
                  job("mail", "waiting", 3, R"({"n":3})")};
    CHECK(job_changes(FakeSource{before}, FakeSource{after}) == Lines{"moved 1"});
    CHECK(job_changes(FakeSource{after}, FakeSource{before}) == Lines{"moved 2"});
    after.jobs[0] = with_error(job("dead", "waiting", 1, R"({"n":9})"));
    CHECK(job_changes(FakeSource{before}, FakeSource{after}) == Lines{"added 1", "removed 2"});
  }

  TEST_CASE("with equal fingerprints, jobs of one meaning may change places") {
    State before, after;
    before.jobs = {job("mail", "waiting", 1, "{}"), job("mail", "waiting", 2, "{}"), job("mail", "waiting", 3, "[]")};
    after.jobs = {before.jobs[1], before.jobs[0], before.jobs[2]};
    FakeSource left{before}, right{after};
    CHECK(job_changes(left, right).size() == 1);
    left.claim_fingerprint("one meaning");
    right.claim_fingerprint("one meaning");
    CHECK(job_changes(left, right).empty());
  }
}

TEST_SUITE("diff::renamed_queues") {
  TEST_CASE("a queue that went and one that came are one when half of the jobs agree") {
    using Counts = std::map<std::string, std::uint64_t>;
    const Counts many{{"waiting", 10}}, fewer{{"waiting", 4}}, others{{"failed", 10}}, empty{{"waiting", 0}};
    const auto renamed = [](const std::map<std::string, QueueCounts>& queues) {
      return qsnap::diff::renamed_queues(queues);
    };
    CHECK(renamed({{"q:n:a", {many, {}}}, {"q:n:b", {{}, many}}}) == QueueNames{{"q:n:a", "q:n:b"}});
    CHECK(renamed({{"q:n:a", {many, empty}}, {"q:n:b", {empty, fewer}}}) == QueueNames{{"q:n:a", "q:n:b"}});
    CHECK(renamed({{"q:n:a", {many, {}}}, {"q:n:b", {{}, others}}}).empty());
    CHECK(renamed({{"q:n:a", {many, fewer}}, {"q:n:b", {{}, many}}}).empty());
    CHECK(renamed({{"q:n:a", {many, {}}}, {"q:m:b", {{}, many}}}).empty());
    CHECK(renamed({{"q:n:a", {many, {}}}, {"q:n:b", {{}, fewer}}, {"q:n:c", {{}, many}}}) ==
          QueueNames{{"q:n:a", "q:n:c"}});
  }
}
