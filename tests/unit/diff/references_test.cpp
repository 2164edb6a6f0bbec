// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>

#include "fake_source.hpp"

using qsnap::diff::Alias;
using qsnap::diff::Changes;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

using Lines = std::vector<std::string>;

struct Job {
  std::string state;
  int id = 0;
  std::string payload;
  std::vector<int> children{};
};

/// A job of queue mail; `later` makes it another run's: other ids, other times.
std::string line(const Job& job, int later) {
  std::string refs, ids;
  for (const int child : job.children) {
    refs += refs.empty() ? "" : ",";
    refs += R"({"name":"part","queue":"bullmq:bull:mail","role":"pending"})";
    ids += fmt::format(R"({}"{}")", ids.empty() ? "" : ",", child + later);
  }
  return fmt::format(R"({{"name":"part","payload":{},"queue":"bullmq:bull:mail","refs":[{}],"state":"{}",)"
                     R"("volatile":{{"created_at_ms":{},"id":"{}","ref_ids":[{}]}}}})",
                     job.payload, refs, job.state, 1000 + later, job.id + later, ids);
}

Changes compare_jobs(const std::vector<Job>& before, const std::vector<Job>& after, int later = 0) {
  State left, right;
  for (const Job& job : before) {
    left.jobs.push_back(line(job, 0));
  }
  for (const Job& job : after) {
    right.jobs.push_back(line(job, later));
  }
  const FakeSource left_source{left, 2}, right_source{right, 2};
  auto changes = qsnap::diff::compare(left_source, right_source, {}, qsnap::test::MiniPayloadReader{}, {},
                                      {qsnap::diff::Listing::complete, {}});
  REQUIRE(changes);
  return *std::move(changes);
}

/// "flow_changed 1": kind and id.
Lines texts_of(const Changes& changes) {
  Lines lines;
  for (const auto& change : changes.list) {
    lines.push_back(fmt::format("{} {}", to_text(change.kind), change.id));
  }
  return lines;
}

const Job k_a{"waiting", 2, R"({"n":1})"}, k_b{"waiting", 3, R"({"n":2})"};

}  // namespace

TEST_SUITE("diff::compare, references") {
  TEST_CASE("a reference is the job that it leads to, whatever that is called") {
    struct Case {
      const char* what;
      std::vector<Job> before;
      std::vector<Job> after;
      int later;
      Lines changes;
    };
    const Job parent{"waiting-children", 1, "{}", {2}}, other_parent{"waiting-children", 1, "{}", {3}};
    const Job done{"completed", 2, R"({"n":1})"}, edited{"waiting", 2, R"({"n":9})"};
    const Job twin{"waiting", 3, R"({"n":1})"}, done_twin{"completed", 3, R"({"n":1})"};
    const Job gone{"waiting-children", 1, "{}", {77}}, gone_elsewhere{"waiting-children", 1, "{}", {78}};
    const Job second{"waiting-children", 4, "{}", {3}};
    const Job crossed{"waiting-children", 1, "{}", {3}}, crossed_second{"waiting-children", 4, "{}", {2}};
    const Case cases[] = {
        {"all ids are others", {k_a, k_b, parent}, {k_a, k_b, parent}, 500, {}},
        {"another child, under the same ids", {k_a, k_b, parent}, {k_a, k_b, other_parent}, 0, {"flow_changed 1"}},
        {"another child, and all ids are others",
         {k_a, k_b, parent},
         {k_a, k_b, other_parent},
         500,
         {"flow_changed 501"}},
        {"another child of the same meaning in the same place is none",
         {k_a, twin, parent},
         {k_a, twin, other_parent},
         0,
         {}},
        {"another child with name and payload of the first, in another state",
         {done_twin, k_a, parent},
         {done_twin, k_a, other_parent},
         0,
         {"flow_changed 1"}},
        {"what became of a child is told of the child alone",
         {k_a, parent},
         {edited, parent},
         0,
         {"payload_changed 2"}},
        {"a child that moved", {k_a, parent}, {done, parent}, 500, {"moved 502"}},
        {"a child that is gone", {k_a, parent}, {parent}, 0, {"removed 2"}},
        {"references to nothing are alike", {k_b, gone}, {k_b, gone_elsewhere}, 0, {}},
        {"references to nothing, and all ids are others", {gone}, {gone_elsewhere}, 500, {}},
        {"parents that differ in their children alone are not crossed",
         {k_a, k_b, parent, second},
         {k_a, k_b, crossed, crossed_second},
         500,
         {}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      CHECK(texts_of(compare_jobs(c.before, c.after, c.later)) == c.changes);
    }
  }

  TEST_CASE("a job that was never decoded is looked up when an old and a new id have to be compared") {
    std::vector<Job> before;
    for (int i = 10; i < 18; ++i) {
      before.push_back({"completed", i, fmt::format(R"({{"n":{}}})", i % 2)});
    }
    std::vector<Job> after = before;
    before.push_back({"waiting-children", 1, "{}", {10}});
    after.push_back({"waiting-children", 1, "{}", {12}});  // of the same meaning
    CHECK(compare_jobs(before, after).empty());
    after.back().children = {11};
    CHECK(texts_of(compare_jobs(before, after)) == Lines{"flow_changed 1"});
  }

  TEST_CASE("a complete listing has the references as they stand, and by which ids the others know their targets") {
    const Job parent{"waiting-children", 1, "{}", {2}};
    const auto changes = compare_jobs({k_a, k_b, parent}, {k_a, k_b, {"waiting-children", 1, "{}", {3}}}, 500);
    REQUIRE(changes.list.size() == 1);
    REQUIRE(changes.list[0].fields.size() == 1);
    CHECK(changes.list[0].fields[0].path == ".refs.ids");
    REQUIRE(changes.list[0].encoded.size() == 1);
    CHECK(changes.list[0].encoded[0].path == ".volatile.ref_ids");
    CHECK(changes.list[0].encoded[0].after == R"(["503"])");
    CHECK(changes.aliases == std::vector<Alias>{{"bullmq:bull:mail", "3", "bullmq:bull:mail", "503"}});
  }
}
