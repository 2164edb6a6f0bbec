// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "contract_state.hpp"

/// Random invariants about random states, judged twice: by the checker in one pass, and here by looking at all jobs
/// again and again.
namespace qsnap::contract {

namespace {

struct Job {
  std::string queue, state, name;
  int number = -1;  ///< of payload.n; -1: not there
};

struct World {
  std::vector<Job> jobs;  ///< in document order

  [[nodiscard]] testing::State state() const {
    testing::State state{{testing::queue("bullmq:a:mail"), testing::queue("bullmq:a:work")}, {}};
    for (const Job& job : jobs) {
      const std::string payload = job.number < 0 ? "{}" : "{\"n\":" + std::to_string(job.number) + "}";
      state.jobs.push_back(testing::job("bullmq:a:" + job.queue, job.state,
                                        R"(,"enc":"json","name":")" + job.name + R"(","payload":)" + payload));
    }
    return state;
  }
};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : m_random(seed) {}
  int below(int end) { return static_cast<int>(m_random() % static_cast<unsigned>(end)); }
  std::string of(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }

 private:
  std::mt19937_64 m_random;
};

World random_world(Chance& chance) {
  World world;
  for (int i = chance.below(14); i > 0; --i) {
    world.jobs.push_back({chance.of({"mail", "work"}), chance.of({"failed", "prioritized", "waiting"}),
                          chance.of({"a", "ab", "b"}), chance.below(6) - 1});
  }
  std::stable_sort(world.jobs.begin(), world.jobs.end(),
                   [](const Job& a, const Job& b) { return std::tie(a.queue, a.state) < std::tie(b.queue, b.state); });
  return world;
}

/// One selection: empty words mean any.
struct Selection {
  std::string queue, state, name;

  static Selection random(Chance& chance, const std::vector<std::string>& states) {
    return {chance.of({"", "", "mail", "work", "*k"}), chance.of(states), chance.of({"", "", "a", "b", "a*", "?"})};
  }
  [[nodiscard]] bool fits(const Job& job) const {
    const bool is_queue = queue.empty() || queue == job.queue || (queue == "*k" && job.queue == "work");
    const bool is_name = name.empty() || name == job.name || (name == "a*" && job.name[0] == 'a') ||
                         (name == "?" && job.name.size() == 1);
    return is_queue && is_name && (state.empty() || state == job.state);
  }
  [[nodiscard]] std::string yaml() const {
    std::string text;
    for (const auto& [key, word] : {std::pair{"queue", queue}, {"state", state}, {"name", name}}) {
      text += word.empty() ? std::string{} : (text.empty() ? "" : ", ") + std::string{key} + ": '" + word + "'";
    }
    return "{" + text + "}";
  }
};

const std::vector<std::string> k_any_state = {"", "", "failed", "prioritized", "waiting"};
const std::vector<std::string> k_ordered = {"", "", "prioritized", "waiting"};

/// What one invariant should come to.
struct Expected {
  std::string yaml;
  std::uint64_t breaking = 0;
  bool holds = true;
};

Expected count_rule(Chance& chance, const World& world) {
  const Selection one = Selection::random(chance, k_any_state), two = Selection::random(chance, k_any_state);
  const auto found = std::count_if(world.jobs.begin(), world.jobs.end(),
                                   [&](const Job& job) { return one.fits(job) || two.fits(job); });
  const int least = chance.below(5), most = least + chance.below(5);
  const bool holds = found >= least && found <= most;
  return {"count: [" + one.yaml() + ", " + two.yaml() + "], at_least: " + std::to_string(least) +
              ", at_most: " + std::to_string(most),
          found > most ? static_cast<std::uint64_t>(found) : 0, holds};
}

Expected each_rule(Chance& chance, const World& world) {
  const Selection selection = Selection::random(chance, k_any_state);
  const int most = chance.below(5);
  const bool is_required = chance.below(2) == 0;
  const auto breaking = std::count_if(world.jobs.begin(), world.jobs.end(), [&](const Job& job) {
    return selection.fits(job) && (job.number < 0 ? is_required : job.number > most);
  });
  const std::string path = chance.of({"payload.n", "'payload.*'", "'**.n'"});
  return {"each: " + selection.yaml() + ", member: " + path + ", at_most: " + std::to_string(most) +
              (is_required ? ", present: true" : ""),
          static_cast<std::uint64_t>(breaking), breaking == 0};
}

Expected order_rule(Chance& chance, const World& world) {
  const Selection first = Selection::random(chance, k_ordered), then = Selection::random(chance, k_ordered);
  std::uint64_t breaking = 0;
  for (std::size_t i = 0; i < world.jobs.size(); ++i) {
    const Job& job = world.jobs[i];
    breaking += job.state != "failed" && then.fits(job) &&
                        std::any_of(world.jobs.begin() + static_cast<std::ptrdiff_t>(i) + 1, world.jobs.end(),
                                    [&](const Job& other) {
                                      return other.queue == job.queue && other.state == job.state && first.fits(other);
                                    })
                    ? 1U
                    : 0U;
  }
  return {"before: {first: " + first.yaml() + ", then: " + then.yaml() + "}", breaking, breaking == 0};
}

Expected unique_rule(Chance& chance, const World& world) {
  const Selection selection = Selection::random(chance, k_any_state);
  std::set<int> seen;
  std::uint64_t breaking = 0;
  for (const Job& job : world.jobs) {
    if (selection.fits(job) && job.number >= 0) {
      breaking += seen.insert(job.number).second ? 0U : 1U;
    }
  }
  return {"unique: " + chance.of({"payload.n", "'payload[*]'", "'**.n'"}) + ", of: " + selection.yaml(), breaking,
          breaking == 0};
}

}  // namespace

TEST_SUITE("contract::check_contract") {
  TEST_CASE("one pass finds what looking at all jobs again and again finds") {
    const std::uint64_t seed = test::property_seed();
    INFO("QSNAP_SEED=" << seed);
    Chance chance{seed};
    std::map<bool, int> verdicts;
    for (int round = 0; round < 300; ++round) {
      const World world = random_world(chance);
      std::string yaml;
      std::vector<Expected> rules;
      for (const auto& make : {count_rule, each_rule, order_rule, unique_rule}) {
        rules.push_back(make(chance, world));
        yaml += "  - {name: r" + std::to_string(rules.size()) + ", " + rules.back().yaml + "}\n";
      }
      const auto report = testing::checked(world.state(), yaml);
      INFO(yaml);
      REQUIRE(report);
      for (std::size_t i = 0; i < rules.size(); ++i) {
        const Finding& finding = report->findings[i];
        INFO(finding.invariant << ": " << finding.found);
        CHECK(finding.holds == rules[i].holds);
        CHECK(finding.breaking_jobs == rules[i].breaking);
        ++verdicts[finding.holds];
      }
    }
    CHECK(verdicts[true] > 100);
    CHECK(verdicts[false] > 100);
  }
}

}  // namespace qsnap::contract
