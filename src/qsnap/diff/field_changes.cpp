// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/diff/field_changes.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::diff {

namespace {

constexpr std::size_t k_most_fields = 100;

}  // namespace

Result<FieldCollector::Leaves> FieldCollector::leaves(Json json) const {
  if (!json) {
    return Leaves{};
  }
  return m_payloads.leaves(*json);
}

Result<void> FieldCollector::compare(std::string_view member, Json before, Json after) {
  if (before == after) {
    return {};
  }
  QSNAP_ASSIGN(Leaves old_leaves, leaves(before));
  QSNAP_ASSIGN(Leaves new_leaves, leaves(after));
  std::unordered_map<std::string_view, std::string*> by_path;
  for (model::PayloadReader::Leaf& leaf : new_leaves) {
    by_path.emplace(leaf.path, &leaf.json);
  }
  for (model::PayloadReader::Leaf& leaf : old_leaves) {
    const auto same_path = by_path.extract(leaf.path);
    if (same_path.empty()) {
      add(member, {fmt::format(".{}{}", member, leaf.path), std::move(leaf.json), std::nullopt});
    } else if (*same_path.mapped() != leaf.json) {
      add(member, {fmt::format(".{}{}", member, leaf.path), std::move(leaf.json), std::move(*same_path.mapped())});
    }
  }
  for (model::PayloadReader::Leaf& leaf : new_leaves) {
    if (by_path.contains(leaf.path)) {
      add(member, {fmt::format(".{}{}", member, leaf.path), std::nullopt, std::move(leaf.json)});
    }
  }
  return {};
}

Result<void> FieldCollector::compare_refs(Json before, Json after) {
  const auto by_meaning = [&](Json json) {
    return json ? refs_by_meaning(*json, m_payloads) : Result<std::string>{""};
  };
  QSNAP_ASSIGN(const std::string old_refs, by_meaning(before));
  QSNAP_ASSIGN(const std::string new_refs, by_meaning(after));
  if (old_refs == new_refs) {
    return {};
  }
  const auto text = [](Json json) { return json ? std::optional{std::string{*json}} : std::nullopt; };
  add("refs", {".refs", text(before), text(after)});
  return {};
}

Result<void> FieldCollector::compare_all(const model::Record& before, const model::Record& after,
                                         std::span<const std::string_view> without) {
  const auto compare_member = [&](std::string_view name) -> Result<void> {
    if (!model::carries_meaning(name) || std::find(without.begin(), without.end(), name) != without.end()) {
      return {};
    }
    const Json old_json = before.fields.find(name), new_json = after.fields.find(name);
    return name == "refs" ? compare_refs(old_json, new_json) : compare(name, old_json, new_json);
  };
  for (const model::Field& field : before.fields) {
    QSNAP_TRY(compare_member(field.name));
  }
  for (const model::Field& field : after.fields) {
    if (!before.fields.contains(field.name)) {
      QSNAP_TRY(compare_member(field.name));
    }
  }
  return {};
}

void FieldCollector::add(std::string_view member, FieldChange change) {
  if (m_rules.drops(m_applicable, change.path)) {
    return;
  }
  if (!touched(member)) {
    m_touched.emplace_back(member);
  }
  if (m_list.size() < k_most_fields) {
    m_list.push_back(std::move(change));
  } else {
    ++m_unlisted;
  }
}

bool FieldCollector::touched(std::string_view member) const {
  return std::find(m_touched.begin(), m_touched.end(), member) != m_touched.end();
}

std::vector<FieldChange> FieldCollector::take() {
  if (m_unlisted > 0) {
    m_list.push_back({fmt::format("({} more)", m_unlisted), std::nullopt, std::nullopt});
  }
  return std::move(m_list);
}

Result<std::string> refs_by_meaning(std::string_view json, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto leaves, payloads.leaves(json));
  std::vector<std::string> elements;
  std::string_view current;
  for (const model::PayloadReader::Leaf& leaf : leaves) {
    const std::string_view path = leaf.path;
    const std::string_view index = path.substr(0, path.find(']'));
    if (elements.empty() || index != current) {
      elements.emplace_back();
      current = index;
    }
    fmt::format_to(std::back_inserter(elements.back()), "{}={}\n", path.substr(index.size()), leaf.json);
  }
  std::sort(elements.begin(), elements.end());
  return fmt::format("{}", fmt::join(elements, "\n"));
}

}  // namespace qsnap::diff
