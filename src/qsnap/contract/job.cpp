// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/utf8.hpp>
#include <qsnap/contract/job.hpp>
#include <qsnap/diff/decoded_member.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/rule_index.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::contract {

namespace {

using Step = config::PathPattern::Step;

constexpr std::string_view k_volatile = "volatile";
constexpr std::string_view k_payload = "payload";

bool is_container(std::string_view json) {
  return json.starts_with('{') || json.starts_with('[');
}

bool is_plain(const Step& step) {
  return step.kind == Step::Kind::name || step.kind == Step::Kind::index;
}

/// The members of an object, the elements of an array; none of any other value.
std::vector<model::Field> inside(const model::PayloadReader& payloads, std::string_view json) {
  auto members = is_container(json) ? payloads.members(json) : std::vector<model::Field>{};
  return members ? *std::move(members) : std::vector<model::Field>{};
}

/// The value at a step into what is inside of `json`; absent where there is none.
const model::Field* find_step(const std::vector<model::Field>& inside, std::string_view json, const Step& step) {
  if (step.kind == Step::Kind::index) {
    return json.starts_with('[') && step.index < inside.size() ? &inside[step.index] : nullptr;
  }
  const auto found = std::find_if(inside.begin(), inside.end(),
                                  [&](const model::Field& candidate) { return candidate.name == step.name; });
  return json.starts_with('{') && found != inside.end() ? &*found : nullptr;
}

/// Pattern and path are written below the record; people know members without the dot in front.
std::string path_words(std::string_view path) {
  return std::string{path.substr(path.starts_with('.') ? 1 : 0)};
}

/// Leaves below one node, put together again as a value to compare.
void append_leaf(MemberValue& value, std::string_view path_below, std::string_view json) {
  if (path_below.empty()) {
    value.json = json;
    value.is_scalar = !is_container(json);
    return;
  }
  value.is_scalar = false;
  diff::append_part(value.json, path_below);
  diff::append_part(value.json, json);
}

}  // namespace

std::string Place::words() const {
  return state.empty() ? shown(queue) : fmt::format("{}, {}", shown(queue), shown(state));
}

std::string shown(std::string_view text) {
  constexpr std::size_t k_most = 80;
  return text.size() <= k_most ? std::string{text} : fmt::format("{}…", text.substr(0, character_start(text, k_most)));
}

std::string quantity(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

void Job::enter(const model::Record& record, const Place& place, std::uint64_t position) {
  m_record = &record;
  m_place = &place;
  m_position = position;
  m_member_name.clear();
}

std::string Job::words() const {
  const std::string id = diff::plain_member(*m_record, "id", m_payloads);
  const std::string name = diff::plain_member(*m_record, "name", m_payloads);
  std::string text = id.empty() ? std::string{"job"} : fmt::format("job {}", shown(id));
  if (!name.empty()) {
    text += fmt::format(" ({})", shown(name));
  }
  text += fmt::format(" in {}", m_place->words());
  return model::order_counts(m_place->state) ? fmt::format("{} {}", text, m_position) : text;
}

Result<std::vector<MemberValue>> Job::values(const config::PathPattern& pattern) {
  return std::all_of(pattern.steps().begin(), pattern.steps().end(), is_plain) ? follow(pattern) : search(pattern);
}

std::optional<std::string_view> Job::member(std::string_view name) {
  if (name == m_member_name) {
    return m_member;
  }
  m_member_name = name;
  m_member.reset();
  m_inside.reset();
  const model::Fields& fields = m_record->fields.contains(name) ? m_record->fields : m_record->volatiles;
  const auto json = fields.find(name);
  if (!json) {
    return std::nullopt;
  }
  if (name == k_payload || fields.contains(diff::codec_name(name))) {
    if (auto decoded = diff::decoded_member(fields, name, *json, m_payloads)) {
      m_member = *std::move(decoded);
      return m_member;
    }
  }
  m_member = *json;
  return m_member;
}

std::optional<std::string_view> Job::member_step(std::string_view name, const Step& step) {
  const auto json = member(name);
  if (!json) {
    return std::nullopt;
  }
  if (!m_inside) {
    m_inside = inside(m_payloads, *json);
  }
  const model::Field* found = find_step(*m_inside, *json, step);
  return found == nullptr ? std::nullopt : std::optional<std::string_view>{found->json};
}

/// Without wildcards there is one way to go, and nothing beside it has to be looked at.
Result<std::vector<MemberValue>> Job::follow(const config::PathPattern& pattern) {
  std::span<const Step> steps = pattern.steps();
  steps = steps.front().name == k_volatile && steps.size() > 1 ? steps.subspan(1) : steps;
  std::vector<MemberValue> values;
  if (steps.front().kind != Step::Kind::name) {
    return values;
  }
  const auto begun = steps.size() > 1 ? member_step(steps[0].name, steps[1]) : member(steps[0].name);
  std::optional<std::string> json = begun ? std::optional{std::string{*begun}} : std::nullopt;
  for (const Step& step : steps.subspan(std::min<std::size_t>(steps.size(), 2))) {
    const std::vector<model::Field> members = json ? inside(m_payloads, *json) : std::vector<model::Field>{};
    const model::Field* found = json ? find_step(members, *json, step) : nullptr;
    json = found == nullptr ? std::nullopt : std::optional{found->json};
  }
  if (!json) {
    return values;
  }
  const bool is_scalar = !is_container(*json) || m_payloads.bytes(*json).has_value();
  if (!is_scalar) {
    QSNAP_ASSIGN(json, m_payloads.sorted(*json));
  }
  values.push_back(
      {path_words(std::string_view{pattern.text()}.substr(pattern.section().size())), *std::move(json), is_scalar});
  return values;
}

Result<std::vector<MemberValue>> Job::search(const config::PathPattern& pattern) {
  std::vector<MemberValue> values;
  const auto first = pattern.first_name();
  for (const model::Field& field : m_record->fields) {
    if (first && field.name != *first) {
      continue;
    }
    QSNAP_ASSIGN(const auto leaves, diff::readable_leaves(m_record->fields, field, m_payloads));
    for (const model::PayloadReader::Leaf& leaf : leaves) {
      const std::string path = fmt::format(".{}{}", field.name, leaf.path);
      QSNAP_ASSIGN(const std::vector<Step> steps, config::parse_path(path));
      const std::vector<std::size_t> nodes = pattern.matched_nodes(steps);
      if (nodes.empty() || nodes.back() == 0) {
        continue;
      }
      // Of several nodes on the way the innermost one: "**" alone means what it leads to in the end.
      const std::string_view node = std::string_view{path}.substr(0, steps[nodes.back() - 1].end);
      std::string words = path_words(node);
      if (values.empty() || values.back().path != words) {
        values.push_back({std::move(words), {}, true});
      }
      append_leaf(values.back(), std::string_view{path}.substr(node.size()), leaf.json);
    }
  }
  return values;
}

}  // namespace qsnap::contract
