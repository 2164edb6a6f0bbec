// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/store/retention.hpp>

using namespace qsnap;
using namespace qsnap::store;
using config::KeepRules;

namespace {

constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr std::int64_t k_day_ms = 24 * k_hour_ms;
const KeepRules k_usual = {.last = 20, .hourly = 24, .daily = 14, .weekly = 8, .monthly = 12, .yearly = 0};

Instant at(std::string_view text) {
  const auto instant = parse_instant(text);
  REQUIRE(instant);
  return *instant;
}

/// Named by the instant, so that names sort as instants do.
DatedState state(Instant captured_at, std::string tag = {}) {
  DatedState made{captured_at, format_instant(captured_at), {}};
  if (!tag.empty()) {
    made.safeguards.push_back("tagged " + tag);
  }
  return made;
}

std::vector<DatedState> states_at(const std::vector<std::string>& instants) {
  std::vector<DatedState> states;
  for (const std::string& instant : instants) {
    states.push_back(state(at(instant + "Z")));
  }
  return states;
}

std::set<std::string> kept(const std::vector<DatedState>& states, const KeepRules& rules) {
  const std::vector<KeepDecision> decisions = decide_retention(states, rules);
  REQUIRE(decisions.size() == states.size());
  std::set<std::string> names;
  for (std::size_t i = 0; i < states.size(); ++i) {
    CHECK(decisions[i].keeps() == decisions[i].loss.empty());
    if (decisions[i].keeps()) {
      names.insert(states[i].name);
    }
  }
  return names;
}

/// What a period is called, by the C library and not by <chrono>: names sort as their periods do.
struct OracleRule {
  const char* form;
  std::uint32_t KeepRules::*most;
};
constexpr std::array<OracleRule, 5> k_oracle_rules = {{
    {"%Y-%m-%d %H", &KeepRules::hourly},
    {"%Y-%m-%d", &KeepRules::daily},
    {"%G-W%V", &KeepRules::weekly},
    {"%Y-%m", &KeepRules::monthly},
    {"%Y", &KeepRules::yearly},
}};

std::string period_of(Instant instant, const char* form) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm parts{};
  REQUIRE(::gmtime_r(&seconds, &parts) != nullptr);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), form, &parts)};
}

/// One prune over everything that there ever was: captures only come in.
class Oracle {
 public:
  void add(const DatedState& state) {
    for (std::size_t i = 0; i < k_oracle_rules.size(); ++i) {
      std::pair<Instant, std::string>& newest = m_newest[i][period_of(state.captured_at, k_oracle_rules[i].form)];
      newest = std::max(newest, {state.captured_at, state.name});
    }
    m_all.emplace(state.captured_at, state.name);
  }

  [[nodiscard]] std::set<std::string> kept(const KeepRules& rules) const {
    std::set<std::string> names;
    auto last = m_all.rbegin();
    for (std::uint32_t n = 0; n < rules.last && last != m_all.rend(); ++n, ++last) {
      names.insert(last->second);
    }
    for (std::size_t i = 0; i < k_oracle_rules.size(); ++i) {
      auto period = m_newest[i].rbegin();
      for (std::uint32_t n = 0; n < rules.*k_oracle_rules[i].most && period != m_newest[i].rend(); ++n, ++period) {
        names.insert(period->second.second);
      }
    }
    return names;
  }

 private:
  std::array<std::map<std::string, std::pair<Instant, std::string>>, k_oracle_rules.size()> m_newest;
  std::set<std::pair<Instant, std::string>> m_all;
};

std::set<std::string> oracle(const std::vector<DatedState>& states, const KeepRules& rules) {
  Oracle all;
  for (const DatedState& one : states) {
    all.add(one);
  }
  std::set<std::string> names = all.kept(rules);
  for (const DatedState& one : states) {
    if (!one.safeguards.empty() || rules == KeepRules{}) {
      names.insert(one.name);
    }
  }
  return names;
}

class RandomStates {
 public:
  explicit RandomStates(std::uint32_t seed) : m_random(seed) {}

  std::uint32_t below(std::uint32_t end) { return std::uniform_int_distribution<std::uint32_t>{0, end - 1}(m_random); }

  /// Over an hour, some days, or some years, across the turn of a year; several of one instant, in no order.
  std::vector<DatedState> states() {
    constexpr std::array<std::int64_t, 4> k_spans = {k_hour_ms, 4 * k_day_ms, 90 * k_day_ms, 3000 * k_day_ms};
    const std::int64_t span = k_spans.at(below(k_spans.size()));
    const std::int64_t begin = to_ms(at("2015-12-20T00:00:00.000Z")) + k_day_ms * below(4000);
    std::vector<DatedState> states(below(120));
    for (DatedState& one : states) {
      one.captured_at =
          instant_from_ms(begin + std::uniform_int_distribution<std::int64_t>{0, span / 1000}(m_random)*1000);
      one.name = std::to_string(m_random());
      if (below(20) == 0) {
        one.safeguards.emplace_back("in album a");
      }
    }
    return states;
  }

  KeepRules rules() {
    const auto most = [&] { return below(3) == 0 ? 1 + below(20) : 0; };
    return {.last = most(), .hourly = most(), .daily = most(), .weekly = most(), .monthly = most(), .yearly = most()};
  }

 private:
  std::mt19937 m_random;
};

std::vector<DatedState> only(const std::vector<DatedState>& states, const std::set<std::string>& names) {
  std::vector<DatedState> left;
  std::copy_if(states.begin(), states.end(), std::back_inserter(left),
               [&](const DatedState& one) { return names.count(one.name) == 1; });
  return left;
}

}  // namespace

TEST_CASE("every decision has its reasons, in words") {
  std::vector<DatedState> states =
      states_at({"2026-11-20T08:00:00.000", "2026-11-20T10:00:00.000", "2026-11-20T10:30:00.000",
                 "2026-11-19T09:00:00.000", "2026-11-18T09:00:00.000", "2026-11-18T08:00:00.000"});
  states[3].safeguards = {"tagged v1", "in album checkout"};
  const auto decisions =
      decide_retention(states, {.last = 1, .hourly = 2, .daily = 1, .weekly = 1, .monthly = 1, .yearly = 1});
  using Reasons = std::vector<std::string>;
  CHECK(decisions[2].reasons == Reasons{"last 1 of 1", "hourly 2026-11-20 10:00 (1 of 2)", "daily 2026-11-20 (1 of 1)",
                                        "weekly 2026-W47 (1 of 1)", "monthly 2026-11 (1 of 1)",
                                        "yearly 2026 (1 of 1)"});
  CHECK(decisions[0].reasons == Reasons{"hourly 2026-11-20 08:00 (2 of 2)"});
  CHECK(decisions[3].reasons == Reasons{"tagged v1", "in album checkout"});
  CHECK(decisions[1].reasons.empty());
  CHECK(decisions[1].loss == "hourly 2026-11-20 10:00 keeps a newer one");
  CHECK(decisions[4].loss == "weekly 2026-W47 keeps a newer one");
  const auto by_day = decide_retention(states, {.daily = 1});
  CHECK(by_day[4].loss == "older than all that the rules keep");
  CHECK(by_day[5].loss == "older than all that the rules keep");
}

TEST_CASE("without rules everything stays, and the newest state always does") {
  const auto states = states_at({"2026-11-20T08:00:00.000", "2024-02-29T10:00:00.000", "2026-11-20T08:00:00.001"});
  CHECK(kept(states, {}).size() == 3);
  for (const KeepRules& rules : {KeepRules{.last = 1}, KeepRules{.hourly = 1}, KeepRules{.daily = 1},
                                 KeepRules{.weekly = 1}, KeepRules{.monthly = 1}, KeepRules{.yearly = 1}}) {
    CHECK(kept(states, rules) == std::set<std::string>{"2026-11-20T08:00:00.001Z"});
  }
  CHECK(kept({}, {.last = 1}).empty());
  CHECK(kept({}, {}).empty());
}

TEST_CASE("of states of one instant the greater name is the newer one") {
  const Instant when = at("2026-11-20T08:00:00.000Z");
  CHECK(kept({{when, "b", {}}, {when, "c", {}}, {when, "a", {}}}, {.last = 1}) == std::set<std::string>{"c"});
  CHECK(kept({{when, "b", {}}, {when, "c", {}}, {when, "a", {}}}, {.last = 2}) == std::set<std::string>{"b", "c"});
  CHECK(kept({{when, "b", {}}, {when, "c", {}}, {when, "a", {}}}, {.daily = 5}) == std::set<std::string>{"c"});
}

TEST_CASE("weeks are those of ISO 8601, and a leap day is a day") {
  const auto week = [](std::string_view instant) {
    return decide_retention(std::vector{state(at(instant))}, {.weekly = 1}).front().reasons.front();
  };
  CHECK(week("2026-12-31T23:59:59.999Z") == "weekly 2026-W53 (1 of 1)");
  CHECK(week("2027-01-03T23:59:59.999Z") == "weekly 2026-W53 (1 of 1)");
  CHECK(week("2027-01-04T00:00:00.000Z") == "weekly 2027-W01 (1 of 1)");
  CHECK(week("2024-12-30T00:00:00.000Z") == "weekly 2025-W01 (1 of 1)");
  CHECK(week("2024-12-29T23:59:59.999Z") == "weekly 2024-W52 (1 of 1)");
  CHECK(week("2021-01-01T12:00:00.000Z") == "weekly 2020-W53 (1 of 1)");
  CHECK(week("1969-12-31T12:00:00.000Z") == "weekly 1970-W01 (1 of 1)");
  // One week over the turn of a year is one, though months and years end in it.
  const auto turn = states_at({"2026-12-28T00:00:00.000", "2026-12-31T00:00:00.000", "2027-01-03T00:00:00.000"});
  CHECK(kept(turn, {.weekly = 9}).size() == 1);
  CHECK(kept(turn, {.monthly = 9}).size() == 2);
  CHECK(kept(turn, {.yearly = 9}).size() == 2);
  const auto leap = states_at(
      {"2024-02-28T23:59:59.999", "2024-02-29T00:00:00.000", "2024-02-29T23:59:59.999", "2024-03-01T00:00:00.000"});
  CHECK(kept(leap, {.daily = 9}).size() == 3);
  CHECK(kept(leap, {.monthly = 9}).size() == 2);
}

TEST_CASE("a period without any state is not counted") {
  const auto states = states_at({"2026-11-20T08:00:00.000", "2026-07-01T08:00:00.000", "2025-01-01T08:00:00.000"});
  CHECK(kept(states, {.daily = 3}).size() == 3);
  CHECK(kept(states, {.monthly = 2}) == std::set<std::string>{"2026-11-20T08:00:00.000Z", "2026-07-01T08:00:00.000Z"});
}

TEST_CASE("the time zone of the machine means nothing") {
  std::vector<DatedState> states;
  for (int hour = 0; hour < 72; ++hour) {  // summer time ends on 2026-10-25 at 01:00 UTC
    states.push_back(state(at("2026-10-24T00:00:00.000Z") + std::chrono::hours{hour}));
  }
  const KeepRules rules{.hourly = 60, .daily = 2};
  const std::set<std::string> here = kept(states, rules);
  const char* zone = std::getenv("TZ");
  const std::string before = zone == nullptr ? "" : zone;
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  CHECK(kept(states, rules) == here);
  zone == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", before.c_str(), 1);
  ::tzset();
  CHECK(here.size() == 60);
}

TEST_CASE("what is kept is what a naive reading of the rules keeps") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  RandomStates random{seed};
  for (int round = 0; round < 150; ++round) {
    const std::vector<DatedState> states = random.states();
    const KeepRules rules = random.rules();
    REQUIRE(kept(states, rules) == oracle(states, rules));
  }
}

TEST_CASE("pruning again and again keeps what pruning once keeps, whatever comes in late") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  RandomStates random{seed};
  for (int round = 0; round < 60; ++round) {
    const KeepRules rules = random.rules();
    std::vector<DatedState> everything, left;
    for (int step = 0; step < 4; ++step) {
      for (DatedState& one : random.states()) {  // older ones among them: of a machine that was away
        everything.push_back(one);
        left.push_back(std::move(one));
      }
      left = only(left, kept(left, rules));
      REQUIRE(kept(left, rules) == kept(everything, rules));
      REQUIRE(left.size() == kept(everything, rules).size());
    }
  }
}

TEST_CASE("fewer rules may follow more, and pruning in two steps is pruning by the stricter ones") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  RandomStates random{seed};
  for (int round = 0; round < 60; ++round) {
    const std::vector<DatedState> states = random.states();
    const KeepRules strict = random.rules();
    if (strict == KeepRules{}) {
      continue;
    }
    KeepRules loose = random.rules();
    for (const auto member : {&KeepRules::last, &KeepRules::hourly, &KeepRules::daily, &KeepRules::weekly,
                              &KeepRules::monthly, &KeepRules::yearly}) {
      loose.*member += strict.*member;
    }
    REQUIRE(kept(only(states, kept(states, loose)), strict) == kept(states, strict));
  }
}

TEST_CASE(
    "two years of hourly captures, pruned every day, leave exactly what the rules say of all that there ever was") {
  const Instant begin = at("2024-11-20T00:17:03.250Z");
  constexpr int k_days = 731;
  Oracle everything;
  std::map<std::string, DatedState> left;
  for (int day = 0; day < k_days; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      const Instant now = begin + std::chrono::hours{24 * day + hour};
      const bool is_release = hour == 13 && day % 97 == 3;
      const DatedState capture = state(now, is_release ? "release" : "");
      everything.add(capture);
      left.emplace(capture.name, capture);
    }
    std::set<std::string> wanted = everything.kept(k_usual);
    std::vector<DatedState> states;
    for (auto& [name, one] : left) {
      const bool is_withdrawn = one.captured_at < begin + std::chrono::hours{24 * (day - 200)};
      if (is_withdrawn) {
        one.safeguards.clear();  // the release is out of support
      } else if (!one.safeguards.empty()) {
        wanted.insert(name);
      }
      states.push_back(one);
    }
    const std::set<std::string> names = kept(states, k_usual);
    REQUIRE(names == wanted);
    for (auto one = left.begin(); one != left.end();) {
      one = names.count(one->first) == 1 ? std::next(one) : left.erase(one);
    }
  }
  // 24 hours (the last 20 are among them), 13 days before, and weeks and months beyond; three releases of 200 days.
  const std::set<std::string> names = kept(
      [&] {
        std::vector<DatedState> states;
        for (const auto& [name, one] : left) {
          states.push_back(one);
        }
        return states;
      }(),
      k_usual);
  CHECK(names.size() == left.size());
  CHECK(names.count("2026-11-20T23:17:03.250Z") == 1);
  CHECK(names.count("2026-11-07T23:17:03.250Z") == 1);  // the 14th day
  CHECK(names.count("2026-11-06T23:17:03.250Z") == 0);
  CHECK(names.count("2026-10-04T23:17:03.250Z") == 1);  // the 8th week
  CHECK(names.count("2026-09-27T23:17:03.250Z") == 0);
  CHECK(names.count("2025-12-31T23:17:03.250Z") == 1);  // the 12th month
  CHECK(names.count("2025-11-30T23:17:03.250Z") == 0);
}
