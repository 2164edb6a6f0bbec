// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/merge/merge_value.hpp>

namespace qsnap::merge {

namespace {

using Members = std::vector<model::Field>;

/// {"$b64":"…"} is a text.
bool is_object(Json json) {
  return json && json->starts_with('{') && !json->starts_with(R"({"$b64":)");
}
bool is_container(std::string_view json) {
  return json.starts_with('{') || json.starts_with('[');
}

bool is_identifier(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), inner);
}

/// Finds members by name; those of one object differ.
class MemberIndex {
 public:
  explicit MemberIndex(const Members& members) {
    for (const model::Field& member : members) {
      m_list.push_back(&member);
    }
    std::sort(m_list.begin(), m_list.end(),
              [](const model::Field* a, const model::Field* b) { return a->name < b->name; });
  }

  [[nodiscard]] Json find(std::string_view name) const {
    const auto at =
        std::lower_bound(m_list.begin(), m_list.end(), name,
                         [](const model::Field* member, std::string_view wanted) { return member->name < wanted; });
    return at != m_list.end() && (*at)->name == name ? Json{(*at)->json} : std::nullopt;
  }

 private:
  std::vector<const model::Field*> m_list;
};

std::string object_of(const Members& members) {
  JsonWriter json;
  json.begin_object();
  for (const model::Field& member : members) {
    json.key(member.name).raw(member.json);
  }
  return json.end_object().take();
}

OwnedJson owned(Json json) {
  return json ? OwnedJson{std::string{*json}} : std::nullopt;
}

}  // namespace

Result<bool> ValueMerger::same(Json a, Json b) const {
  if (a == b) {
    return true;
  }
  if (!a || !b || !is_container(*a) || a->front() != b->front()) {
    return false;
  }
  QSNAP_ASSIGN(const std::string left, m_payloads.sorted(*a));
  QSNAP_ASSIGN(const std::string right, m_payloads.sorted(*b));
  return left == right;
}

Result<OwnedJson> ValueMerger::merge(const Values& values, const std::string& path, Objects objects) {
  QSNAP_ASSIGN(const bool agreed, same(values.ours, values.theirs));
  if (agreed) {
    return owned(values.ours);
  }
  QSNAP_ASSIGN(const bool ours_kept, same(values.base, values.ours));
  if (ours_kept) {
    return owned(values.theirs);
  }
  QSNAP_ASSIGN(const bool theirs_kept, same(values.base, values.theirs));
  if (theirs_kept) {
    return owned(values.ours);
  }
  if (objects == Objects::by_member && is_object(values.ours) && is_object(values.theirs)) {
    return merge_members(values, path);
  }
  QSNAP_ASSIGN(Verdict verdict, decide(values, path));
  return verdict ? *std::move(verdict) : owned(values.ours);
}

Result<Verdict> ValueMerger::decide(const Values& values, const std::string& path) {
  if (const auto policy = RuleTable::find(m_rules, path)) {
    QSNAP_ASSIGN(Verdict verdict, apply_policy(*policy, values, m_later, m_payloads));
    if (verdict) {
      decisions.push_back({*policy, path});
      return verdict;
    }
  }
  conflicts.push_back({path, owned(values.base), owned(values.ours), owned(values.theirs)});
  return Verdict{};
}

/// In the order of ours; what theirs added comes last, in the order of theirs.
Result<OwnedJson> ValueMerger::merge_members(const Values& values, const std::string& path) {
  QSNAP_ASSIGN(const Members ours, m_payloads.members(*values.ours));
  QSNAP_ASSIGN(const Members theirs, m_payloads.members(*values.theirs));
  Members base;
  if (is_object(values.base)) {
    QSNAP_ASSIGN(base, m_payloads.members(*values.base));
  }
  const MemberIndex in_base{base}, in_ours{ours}, in_theirs{theirs};
  Members merged;
  const auto add = [&](const std::string& name, const Values& member) -> Result<void> {
    QSNAP_ASSIGN(OwnedJson value, merge(member, member_path(path, name), Objects::by_member));
    if (value) {
      merged.push_back({name, *std::move(value)});
    }
    return {};
  };
  for (const model::Field& member : ours) {
    QSNAP_TRY(add(member.name, {in_base.find(member.name), member.json, in_theirs.find(member.name)}));
  }
  for (const model::Field& member : theirs) {
    if (!in_ours.find(member.name)) {
      QSNAP_TRY(add(member.name, {in_base.find(member.name), std::nullopt, member.json}));
    }
  }
  return OwnedJson{object_of(merged)};
}

std::string member_path(std::string_view parent, std::string_view name) {
  return is_identifier(name) ? fmt::format("{}.{}", parent, name) : fmt::format("{}[{}]", parent, json_string(name));
}

}  // namespace qsnap::merge
