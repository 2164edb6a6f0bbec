// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>

#include "fake_source.hpp"

using qsnap::diff::ChangeKind;
using qsnap::diff::Changes;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

constexpr int k_rounds = 150;

/// One job as values, so that a test can edit it; rendered with ids and times that it may choose.
struct Job {
  std::string queue;
  std::string state;
  int id = 0;
  int payload = 0;
  int due = 0;
};

using Jobs = std::vector<Job>;

/// What a second run of the same test would give: other ids, other times.
struct Run {
  int id_offset = 0;
  int time_offset = 0;
};

std::string line(const Job& job, Run run) {
  return fmt::format(R"({{"name":"send","payload":{{"n":{},"z":[1,{{}}]}},"queue":"bullmq:bull:{}","state":"{}",)"
                     R"("volatile":{{"created_at_ms":{},"due_at_ms":{},"id":"{}"}}}})",
                     job.payload, job.queue, job.state, 1000 + run.time_offset, 1000 + run.time_offset + job.due,
                     job.id + run.id_offset);
}

State render(Jobs jobs, Run run = {}) {
  std::stable_sort(jobs.begin(), jobs.end(),
                   [](const Job& a, const Job& b) { return std::tie(a.queue, a.state) < std::tie(b.queue, b.state); });
  State state;
  for (const Job& job : jobs) {
    state.jobs.push_back(line(job, run));
  }
  return state;
}

class Random {
 public:
  explicit Random(unsigned seed) : m_engine(seed) {}
  int below(int bound) { return std::uniform_int_distribution<int>{0, bound - 1}(m_engine); }

  Jobs jobs() {
    const std::vector<std::string> queues = {"audio", "mail"}, states = {"completed", "delayed", "waiting"};
    Jobs list;
    for (int i = 0, count = below(40); i < count; ++i) {
      list.push_back({queues[static_cast<std::size_t>(below(2))], states[static_cast<std::size_t>(below(3))], i + 1,
                      below(12), below(3) * 100'000});
    }
    return list;
  }

 private:
  std::mt19937 m_engine;
};

Changes compare_states(const State& before, const State& after, std::size_t chunk) {
  const FakeSource left{before, chunk}, right{after, chunk};
  auto changes = qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, {});
  REQUIRE(changes);
  return *std::move(changes);
}

std::map<ChangeKind, int> kinds(const Changes& changes) {
  std::map<ChangeKind, int> counts;
  for (const auto& change : changes.list) {
    ++counts[change.kind];
  }
  return counts;
}

template <class Check>
void for_random_states(unsigned first_seed, const Check& check) {
  for (int round = 0; round < k_rounds; ++round) {
    const unsigned seed = first_seed + static_cast<unsigned>(round);
    CAPTURE(seed);
    Random random{seed};
    const Jobs jobs = random.jobs();
    const auto chunk = static_cast<std::size_t>(1 + random.below(7));
    check(random, jobs, chunk);
  }
}

}  // namespace

TEST_SUITE("diff::compare, properties") {
  TEST_CASE("a state does not differ from itself") {
    for_random_states(1000, [](Random&, const Jobs& jobs, std::size_t chunk) {
      CHECK(compare_states(render(jobs), render(jobs), chunk).empty());
    });
  }

  TEST_CASE("cutting the chunks elsewhere is no difference") {
    for_random_states(2000, [](Random& random, const Jobs& jobs, std::size_t chunk) {
      const FakeSource left{render(jobs), chunk};
      State with_worker = render(jobs);
      with_worker.workers = {R"({"framework":"x"})"};  // another root, so that the chunks are looked at
      const FakeSource right{with_worker, static_cast<std::size_t>(1 + random.below(9))};
      const auto changes = qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, {});
      REQUIRE(changes);
      CHECK(changes->list.size() == 1);
      CHECK(changes->ignored.empty());
    });
  }

  TEST_CASE("other ids and shifted times are no difference") {
    for_random_states(3000, [](Random& random, const Jobs& jobs, std::size_t chunk) {
      const Run run{1000 + random.below(1000), random.below(1'000'000)};
      CHECK(compare_states(render(jobs), render(jobs, run), chunk).empty());
    });
  }

  TEST_CASE("jobs in front, behind and away are exactly those added and removed") {
    for_random_states(4000, [](Random& random, const Jobs& jobs, std::size_t chunk) {
      Jobs after = jobs;
      int removed = 0;
      while (!after.empty() && random.below(3) == 0) {
        after.erase(after.begin() + random.below(static_cast<int>(after.size())));
        ++removed;
      }
      const Jobs added = {{"zoo", "waiting", 900, 1, 0}, {"zoo", "waiting", 901, 2, 0}};
      after.insert(after.end(), added.begin(), added.end());
      auto counts = kinds(compare_states(render(jobs), render(after), chunk));
      CHECK(counts[ChangeKind::removed] + counts[ChangeKind::moved] == removed);
      CHECK(counts[ChangeKind::added] + counts[ChangeKind::moved] == 2);
      CHECK(counts[ChangeKind::reordered] == 0);
    });
  }

  TEST_CASE("one edited job is one change, whatever else is renamed") {
    for_random_states(5000, [](Random& random, Jobs jobs, std::size_t chunk) {
      jobs.push_back({"mail", "waiting", 500, 77, 0});
      Jobs after = jobs;
      after.back().payload = 78;
      const Run run{random.below(2) * 1000, random.below(2) * 5000};
      const auto changes = compare_states(render(jobs), render(after, run), chunk);
      REQUIRE(changes.list.size() == 1);
      CHECK(changes.list[0].kind == ChangeKind::payload_changed);
      REQUIRE(changes.list[0].fields.size() == 1);
      CHECK(changes.list[0].fields[0].path == ".payload.n");
      CHECK(changes.list[0].fields[0].before == "77");
      CHECK(changes.list[0].fields[0].after == "78");
    });
  }

  TEST_CASE("comparing the other way round swaps added and removed") {
    for_random_states(6000, [](Random& random, const Jobs& jobs, std::size_t chunk) {
      const Jobs other = random.jobs();
      auto there = kinds(compare_states(render(jobs), render(other, {5000, 0}), chunk));
      auto back = kinds(compare_states(render(other, {5000, 0}), render(jobs), chunk));
      const int balance = there[ChangeKind::added] - there[ChangeKind::removed];
      CHECK(balance == static_cast<int>(other.size()) - static_cast<int>(jobs.size()));
      CHECK(balance == back[ChangeKind::removed] - back[ChangeKind::added]);
    });
  }
}
