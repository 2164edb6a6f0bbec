// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/merge/queue_totals.hpp>

namespace qsnap::merge {

namespace {

using model::Record;

constexpr std::string_view k_id_counter = "id_counter";

bool is_counter(std::string_view member) {
  return member.ends_with("_counter");
}

std::optional<std::int64_t> counter_of(const Record* record, std::string_view member,
                                       const model::PayloadReader& payloads) {
  const auto json = record != nullptr ? record->volatiles.find(member) : std::nullopt;
  if (!json) {
    return std::nullopt;
  }
  return parse_integer(payloads.bytes(*json).value_or(std::string{*json}));
}

/// As a number, or in quotes where that is how the framework has it.
std::string counter_like(std::string_view example, std::int64_t value) {
  const std::string number = fmt::format("{}", value);
  return example.starts_with('"') ? json_string(number) : number;
}

}  // namespace

Result<void> QueueTotals::correct(const Versions& versions, Record& merged) {
  correct_counters(versions, merged);
  return correct_counts(versions, merged);
}

Result<QueueTotals::Counts> QueueTotals::counts(const Record* record) const {
  Counts counts;
  const auto json = record != nullptr ? record->fields.find("counts") : std::nullopt;
  if (json) {
    QSNAP_ASSIGN(const auto members, m_context.payloads.members(*json));
    for (const model::Field& member : members) {
      counts.emplace(member.name, parse_integer(member.json).value_or(0));
    }
  }
  return counts;
}

Result<bool> QueueTotals::is_shown(const diff::Place& place) {
  for (PlaceMap* map : {&m_ours, &m_theirs}) {
    QSNAP_ASSIGN(const std::uint32_t begin, map->begin(place));
    QSNAP_ASSIGN(const std::uint32_t end, map->end(place));
    if (begin != end) {
      return true;
    }
  }
  return false;
}

Result<void> QueueTotals::correct_counts(const Versions& versions, Record& merged) {
  QSNAP_ASSIGN(const Counts base, counts(versions.base));
  QSNAP_ASSIGN(const Counts ours, counts(versions.ours));
  QSNAP_ASSIGN(const Counts theirs, counts(versions.theirs));
  const std::string queue = diff::plain_member(merged, "queue", m_context.payloads);
  const auto value = [](const Counts& side, std::string_view state) {
    const auto at = side.find(state);
    return at != side.end() ? at->second : 0;
  };
  Counts result = ours;
  for (auto at = m_deltas.lower_bound({queue, {}}); at != m_deltas.end() && at->first.first == queue; ++at) {
    result[at->first.second] += at->second;
  }
  // What no job of the document makes up (the entries of a stream): what both sides did to it.
  for (const auto& [state, theirs_count] : theirs) {
    const bool differs = theirs_count != value(base, state) && theirs_count != value(ours, state);
    if (!differs || m_deltas.contains({queue, state})) {
      continue;
    }
    QSNAP_ASSIGN(const bool shown, is_shown({queue, state}));
    if (!shown) {
      result[state] = value(ours, state) + theirs_count - value(base, state);
    }
  }
  std::erase_if(result, [&](const auto& entry) {
    return entry.second == 0 && !ours.contains(entry.first) && !theirs.contains(entry.first);
  });
  const bool names_empty = std::any_of(ours.begin(), ours.end(), [](const auto& entry) { return entry.second == 0; });
  if (!names_empty && versions.ours != nullptr) {
    std::erase_if(result, [](const auto& entry) { return entry.second == 0; });
  }
  for (const auto& [record, side] : {std::pair{versions.ours, &ours}, std::pair{versions.theirs, &theirs}}) {
    const auto text = record != nullptr ? record->fields.find("counts") : std::nullopt;
    if (text && result == *side) {
      merged.fields.set("counts", std::string{*text});
      return {};
    }
  }
  JsonWriter json;
  json.begin_object();
  for (const auto& [state, count] : result) {
    json.key(state).integer(count);
  }
  merged.fields.set("counts", json.end_object().take());
  return {};
}

/// One side alone changed a counter: that one. Both: the higher one. Never behind an id.
void QueueTotals::correct_counters(const Versions& versions, Record& merged) const {
  std::vector<model::Field> counters;
  for (const model::Field& field : merged.volatiles) {
    if (is_counter(field.name)) {
      counters.push_back(field);
    }
  }
  const std::string queue = diff::plain_member(merged, "queue", m_context.payloads);
  for (const auto& [name, json] : counters) {
    const auto base = counter_of(versions.base, name, m_context.payloads);
    const auto ours = counter_of(versions.ours, name, m_context.payloads);
    const auto theirs = counter_of(versions.theirs, name, m_context.payloads);
    auto value = ours == base ? theirs : theirs == base ? ours : std::max(ours, theirs);
    value = value ? value : std::max(ours, theirs);
    const auto highest = m_highest.find(queue);
    if (name == k_id_counter && value && highest != m_highest.end()) {
      value = std::max(*value, highest->second);
    }
    if (value) {
      merged.volatiles.set(name, counter_like(json, *value));
    }
  }
}

Result<bool> QueueTotals::has_jobs(const Versions& versions) const {
  const Record& left = versions.ours != nullptr ? *versions.ours : *versions.theirs;
  const std::string queue = diff::plain_member(left, "queue", m_context.payloads);
  QSNAP_ASSIGN(const Counts ours, counts(versions.ours));
  std::int64_t jobs = 0;
  for (const auto& [state, count] : ours) {
    jobs += count;
  }
  for (auto at = m_deltas.lower_bound({queue, {}}); at != m_deltas.end() && at->first.first == queue; ++at) {
    jobs += at->second;
  }
  return jobs > 0;
}

Result<HighestIds> id_counters(const Context& context) {
  HighestIds highest;
  for (const model::RecordSource* source : {&context.base, &context.ours, &context.theirs}) {
    QSNAP_TRY(for_each_record(*source, model::Section::queues, [&](const Record& record) -> Result<void> {
      if (const auto counter = counter_of(&record, k_id_counter, context.payloads)) {
        std::int64_t& value = highest[diff::plain_member(record, "queue", context.payloads)];
        value = std::max(value, *counter);
      }
      return {};
    }));
  }
  return highest;
}

}  // namespace qsnap::merge
