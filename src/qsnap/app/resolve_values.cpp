// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/resolve_values.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/config/path_pattern.hpp>

namespace qsnap::app {

namespace {

using Json = std::optional<std::string>;
using Steps = std::span<const config::PathPattern::Step>;
using Members = std::vector<model::Field>;

Error no_such_place(std::string_view path) {
  return make_error(ErrorCode::refused, fmt::format("the record has nothing at {}", path));
}

bool is_object(std::string_view json) {
  return json.starts_with('{');
}

Members::iterator find(Members& members, std::string_view name) {
  return std::find_if(members.begin(), members.end(), [&](const model::Field& member) { return member.name == name; });
}

std::string object_of(const Members& members) {
  JsonWriter json;
  json.begin_object();
  for (const model::Field& member : members) {
    json.key(member.name).raw(member.json);
  }
  return json.end_object().take();
}

/// `json` with `chosen` at the steps: in its seat where there is one already, else behind the other members.
Result<std::string> with_value(std::string_view json, Steps steps, const Json& chosen,
                               const model::PayloadReader& payloads) {
  const config::PathPattern::Step& step = steps.front();
  if (!is_object(json) || step.kind != config::PathPattern::Step::Kind::name) {
    return no_such_place(step.name);
  }
  QSNAP_ASSIGN(Members members, payloads.members(json));
  const auto at = find(members, step.name);
  if (steps.size() > 1) {
    if (at == members.end()) {
      return no_such_place(step.name);
    }
    QSNAP_ASSIGN(at->json, with_value(at->json, steps.subspan(1), chosen, payloads));
  } else if (!chosen && at != members.end()) {
    members.erase(at);
  } else if (chosen && at != members.end()) {
    at->json = *chosen;
  } else if (chosen) {
    members.push_back({step.name, *chosen});
  }
  return object_of(members);
}

/// The members that a value of several stands for: those of our side have to be what the record has.
Result<bool> is_of_members(const model::Record& record, const Json& ours, std::string_view member,
                           const model::PayloadReader& payloads) {
  if (!ours || !is_object(*ours) || record.fields.find(member) == *ours) {
    return false;
  }
  QSNAP_ASSIGN(const Members members, payloads.members(*ours));
  return !members.empty() && std::all_of(members.begin(), members.end(), [&](const model::Field& one) {
    return record.fields.find(one.name) == one.json;
  });
}

Result<void> set_members(model::Record& record, const std::string& ours, const Json& chosen,
                         const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const Members before, payloads.members(ours));
  for (const model::Field& member : before) {
    record.fields.erase(member.name);
  }
  QSNAP_ASSIGN(const Members after, payloads.members(chosen.value_or("{}")));
  for (const model::Field& member : after) {
    record.fields.set(member.name, member.json);
  }
  return {};
}

}  // namespace

Result<Json> value_at(const model::Record& record, std::string_view path, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto steps, config::parse_path(path));
  if (steps.empty()) {
    return Json{};
  }
  const auto field = record.fields.find(steps.front().name);
  Json value = field ? Json{std::string{*field}} : std::nullopt;
  for (const auto& step : Steps{steps}.subspan(1)) {
    if (!value || !is_object(*value)) {
      return Json{};
    }
    QSNAP_ASSIGN(Members members, payloads.members(*value));
    const auto at = find(members, step.name);
    value = at != members.end() ? Json{at->json} : std::nullopt;
  }
  return value;
}

Result<void> set_conflict_value(model::Record& record, const model::Conflict& conflict, const Json& chosen,
                                const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto steps, config::parse_path(conflict.path));
  if (steps.empty()) {
    return no_such_place(conflict.path);
  }
  const std::string& member = steps.front().name;
  if (steps.size() == 1) {
    QSNAP_ASSIGN(const bool several, is_of_members(record, conflict.ours, member, payloads));
    if (several) {
      return set_members(record, *conflict.ours, chosen, payloads);
    }
    if (chosen) {
      record.fields.set(member, *chosen);
    } else {
      record.fields.erase(member);
    }
    return {};
  }
  const auto whole = record.fields.find(member);
  if (!whole) {
    return no_such_place(conflict.path);
  }
  QSNAP_ASSIGN(std::string changed, with_value(*whole, Steps{steps}.subspan(1), chosen, payloads));
  record.fields.set(member, std::move(changed));
  return {};
}

}  // namespace qsnap::app
