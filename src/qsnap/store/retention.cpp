// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include <qsnap/store/retention.hpp>

namespace qsnap::store {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Two states are of one period if its name is the same.
using PeriodName = std::string (*)(const DatedState& state);

std::string year_name(const DatedState& state) {
  const year_month_day date{floor<days>(state.captured_at)};
  return fmt::format("{:04}", static_cast<int>(date.year()));
}

std::string month_name(const DatedState& state) {
  const year_month_day date{floor<days>(state.captured_at)};
  return fmt::format("{:04}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
}

/// ISO 8601: a week belongs to the year that has its Thursday, and the first one of a year is that of its first
/// Thursday.
std::string week_name(const DatedState& state) {
  const sys_days day = floor<days>(state.captured_at);
  const sys_days monday = day - (std::chrono::weekday{day} - std::chrono::Monday);
  const sys_days thursday = monday + (std::chrono::Thursday - std::chrono::Monday);
  const std::chrono::year year = year_month_day{thursday}.year();
  const auto week = (thursday - sys_days{year / std::chrono::January / 1}) / std::chrono::weeks{1} + 1;
  return fmt::format("{:04}-W{:02}", static_cast<int>(year), week);
}

std::string day_name(const DatedState& state) {
  constexpr std::string_view k_form = "2026-11-20";
  return format_instant(state.captured_at).substr(0, k_form.size());
}

std::string hour_name(const DatedState& state) {
  constexpr std::string_view k_form = "2026-11-20T10";
  std::string name = format_instant(state.captured_at).substr(0, k_form.size());
  name[k_form.size() - 3] = ' ';
  return name + ":00";
}

/// Each state is a period of its own.
std::string own_name(const DatedState& state) {
  return state.name;
}

struct Rule {
  std::string_view word;
  std::uint32_t config::KeepRules::*most;
  PeriodName period;
};

constexpr Rule k_last = {"last", &config::KeepRules::last, own_name};
constexpr std::array<Rule, 6> k_rules = {{
    k_last,
    {"hourly", &config::KeepRules::hourly, hour_name},
    {"daily", &config::KeepRules::daily, day_name},
    {"weekly", &config::KeepRules::weekly, week_name},
    {"monthly", &config::KeepRules::monthly, month_name},
    {"yearly", &config::KeepRules::yearly, year_name},
}};

/// Indexes, the newest state first.
std::vector<std::size_t> newest_first(std::span<const DatedState> states) {
  std::vector<std::size_t> order(states.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(states[a].captured_at, states[a].name) > std::tie(states[b].captured_at, states[b].name);
  });
  return order;
}

/// What a rule says, in words: of the state that a period keeps, and of the others of that period.
void apply(const Rule& rule, std::uint32_t most, std::span<const DatedState> states, std::span<const std::size_t> order,
           std::vector<KeepDecision>& decisions) {
  std::uint32_t periods = 0;
  std::string period;
  for (const std::size_t i : order) {
    std::string own = rule.period(states[i]);
    if (periods > 0 && own == period) {
      if (decisions[i].loss.empty()) {
        decisions[i].loss = fmt::format("{} {} keeps a newer one", rule.word, own);
      }
      continue;
    }
    if (periods == most) {
      return;
    }
    ++periods;
    decisions[i].reasons.push_back(rule.period == own_name
                                       ? fmt::format("{} {} of {}", rule.word, periods, most)
                                       : fmt::format("{} {} ({} of {})", rule.word, own, periods, most));
    period = std::move(own);
  }
}

}  // namespace

std::vector<KeepDecision> decide_retention(std::span<const DatedState> states, const config::KeepRules& rules) {
  std::vector<KeepDecision> decisions(states.size());
  const std::vector<std::size_t> order = newest_first(states);
  for (const Rule& rule : k_rules) {
    apply(rule, rules.*rule.most, states, order, decisions);
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    KeepDecision& decision = decisions[i];
    if (rules == config::KeepRules{}) {
      decision.reasons.emplace_back("no rule says what goes");
    }
    decision.reasons.insert(decision.reasons.end(), states[i].safeguards.begin(), states[i].safeguards.end());
    if (decision.keeps()) {
      decision.loss.clear();
    } else if (decision.loss.empty()) {
      decision.loss = "older than all that the rules keep";
    }
  }
  return decisions;
}

}  // namespace qsnap::store
