// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/merge/policy.hpp>

namespace qsnap::merge {

namespace {

OwnedJson owned(Json json) {
  return json ? OwnedJson{std::string{*json}} : std::nullopt;
}

enum class Extreme : std::uint8_t { largest, smallest };

Verdict extreme(const Values& values, Extreme wanted) {
  const auto ours = values.ours ? parse_double(*values.ours) : std::nullopt;
  const auto theirs = values.theirs ? parse_double(*values.theirs) : std::nullopt;
  if (!ours || !theirs) {
    return std::nullopt;
  }
  const bool take_ours = wanted == Extreme::largest ? *ours >= *theirs : *ours <= *theirs;
  return Verdict{owned(take_ours ? values.ours : values.theirs)};
}

/// ours + theirs − base, of integers alone: a sum of decimals would not be what any program printed.
Verdict sum(const Values& values) {
  const auto ours = values.ours ? parse_integer(*values.ours) : std::nullopt;
  const auto theirs = values.theirs ? parse_integer(*values.theirs) : std::nullopt;
  const auto base = parse_integer(values.base.value_or("0"));
  std::int64_t delta = 0, total = 0;
  if (!ours || !theirs || !base || __builtin_sub_overflow(*theirs, *base, &delta) ||
      __builtin_add_overflow(*ours, delta, &total)) {
    return std::nullopt;
  }
  return Verdict{OwnedJson{fmt::format("{}", total)}};
}

using Elements = std::vector<std::string>;

bool is_array(Json json) {
  return json && json->starts_with('[');
}

Result<Elements> elements(Json json, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(auto members, payloads.members(json.value_or("[]")));
  Elements list;
  for (model::Field& member : members) {
    list.push_back(std::move(member.json));
  }
  return list;
}

std::string array_of(const Elements& elements) {
  return fmt::format("[{}]", fmt::join(elements, ","));
}

/// What ours has, without what theirs took away, and behind it what theirs added. By the elements' text.
Result<Verdict> unite(const Values& values, const model::PayloadReader& payloads) {
  if (!is_array(values.ours) || !is_array(values.theirs) || (values.base && !is_array(values.base))) {
    return Verdict{};
  }
  QSNAP_ASSIGN(const Elements base, elements(values.base, payloads));
  QSNAP_ASSIGN(const Elements ours, elements(values.ours, payloads));
  QSNAP_ASSIGN(const Elements theirs, elements(values.theirs, payloads));
  const std::set<std::string_view> in_base(base.begin(), base.end()), in_theirs(theirs.begin(), theirs.end());
  std::set<std::string_view> held;
  Elements united;
  for (const std::string& element : ours) {
    const bool removed_by_theirs = in_base.contains(element) && !in_theirs.contains(element);
    if (!removed_by_theirs) {
      united.push_back(element);
      held.insert(element);
    }
  }
  for (const std::string& element : theirs) {
    if (!in_base.contains(element) && held.insert(element).second) {
      united.push_back(element);
    }
  }
  return Verdict{OwnedJson{array_of(united)}};
}

/// Only where both sides begin with what was there.
template <class List>
std::optional<List> concatenated(const List& base, const List& ours, const List& theirs) {
  const auto extends = [&](const List& side) {
    return side.size() >= base.size() && std::equal(base.begin(), base.end(), side.begin());
  };
  if (!extends(ours) || !extends(theirs)) {
    return std::nullopt;
  }
  List all = ours;
  all.insert(all.end(), theirs.begin() + static_cast<std::ptrdiff_t>(base.size()), theirs.end());
  return all;
}

Result<Verdict> concatenate(const Values& values, const model::PayloadReader& payloads) {
  if (is_array(values.ours) && is_array(values.theirs) && (!values.base || is_array(values.base))) {
    QSNAP_ASSIGN(const Elements base, elements(values.base, payloads));
    QSNAP_ASSIGN(const Elements ours, elements(values.ours, payloads));
    QSNAP_ASSIGN(const Elements theirs, elements(values.theirs, payloads));
    const auto all = concatenated(base, ours, theirs);
    return all ? Verdict{OwnedJson{array_of(*all)}} : Verdict{};
  }
  const auto text = [&](Json json) { return json ? payloads.bytes(*json) : std::nullopt; };
  const auto base = values.base ? text(values.base) : std::optional{std::string{}};
  const auto ours = text(values.ours), theirs = text(values.theirs);
  const auto all = base && ours && theirs ? concatenated(*base, *ours, *theirs) : std::nullopt;
  return all ? Verdict{OwnedJson{json_bytes(*all)}} : Verdict{};
}

}  // namespace

std::optional<Side> chosen_side(std::optional<config::MergePolicy> policy, Side later) {
  if (policy == config::MergePolicy::ours || policy == config::MergePolicy::theirs) {
    return policy == config::MergePolicy::ours ? Side::ours : Side::theirs;
  }
  return policy == config::MergePolicy::newest ? std::optional{later} : std::nullopt;
}

Result<Verdict> apply_policy(config::MergePolicy policy, const Values& values, Side later,
                             const model::PayloadReader& payloads) {
  switch (policy) {
    case config::MergePolicy::ours:
      return Verdict{owned(values.ours)};
    case config::MergePolicy::theirs:
      return Verdict{owned(values.theirs)};
    case config::MergePolicy::base:
      return Verdict{owned(values.base)};
    case config::MergePolicy::newest:
      return Verdict{owned(later == Side::ours ? values.ours : values.theirs)};
    case config::MergePolicy::max:
      return extreme(values, Extreme::largest);
    case config::MergePolicy::min:
      return extreme(values, Extreme::smallest);
    case config::MergePolicy::sum:
      return sum(values);
    case config::MergePolicy::union_:
      return unite(values, payloads);
    case config::MergePolicy::concat:
      return concatenate(values, payloads);
  }
  return Verdict{};
}

}  // namespace qsnap::merge
