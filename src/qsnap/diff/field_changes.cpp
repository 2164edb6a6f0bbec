// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/decoded_member.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/first_difference.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::diff {

namespace {

constexpr std::size_t k_most_fields = 100;
constexpr std::string_view k_payload = "payload";
/// In the place of the value after, where two decoded values do not differ.
constexpr std::string_view k_same_value = R"("same value, other bytes")";

/// Whether both sides have the member, and one of them in a codec.
bool is_in_codec(const model::Record& before, const model::Record& after, std::string_view member) {
  const std::string codec = codec_name(member);
  return before.fields.contains(member) && after.fields.contains(member) &&
         (before.fields.contains(codec) || after.fields.contains(codec));
}

/// The member whose style this one tells: "payload" of "enc"; absent for any other member.
std::optional<std::string_view> styled_member(std::string_view name) {
  constexpr std::string_view k_suffix = "_enc";
  if (name == style_name(k_payload)) {
    return k_payload;
  }
  return name.ends_with(k_suffix) ? std::optional{name.substr(0, name.size() - k_suffix.size())} : std::nullopt;
}

enum class Equality : std::uint8_t { same_value, other_value };
Result<Equality> compare_sorted(const model::PayloadReader& payloads, std::string_view before, std::string_view after) {
  QSNAP_ASSIGN(const std::string old_value, payloads.sorted(before));
  QSNAP_ASSIGN(const std::string new_value, payloads.sorted(after));
  return old_value == new_value ? Equality::same_value : Equality::other_value;
}

}  // namespace

Result<FieldCollector::Leaves> FieldCollector::leaves(Json json) const {
  if (!json) {
    return Leaves{};
  }
  return m_payloads.leaves(*json);
}

Result<void> FieldCollector::compare(std::string_view member, Json before, Json after) {
  return before == after ? Result<void>{}
                         : compare_leaves(member, fmt::format(".{}", member), before, after,
                                          member == k_payload ? Strings::decode : Strings::as_found);
}

Result<void> FieldCollector::compare_leaves(std::string_view member, std::string_view path, Json before, Json after,
                                            Strings strings) {
  if (is_sampled(member, before, after)) {
    return compare_sampled(member, path, *before, *after, strings);
  }
  QSNAP_ASSIGN(Leaves old_leaves, leaves(before));
  QSNAP_ASSIGN(Leaves new_leaves, leaves(after));
  if (m_rules.asks_for_lengths(m_applicable)) {
    m_lengths.add(path, old_leaves, new_leaves);
  }
  std::unordered_map<std::string_view, std::string*> by_path;
  for (model::PayloadReader::Leaf& leaf : new_leaves) {
    by_path.emplace(leaf.path, &leaf.json);
  }
  for (model::PayloadReader::Leaf& leaf : old_leaves) {
    const auto same_path = by_path.extract(leaf.path);
    if (same_path.empty()) {
      add(member, {fmt::format("{}{}", path, leaf.path), std::move(leaf.json), std::nullopt});
    } else if (*same_path.mapped() != leaf.json) {
      const bool are_strings = leaf.json.starts_with('"') && same_path.mapped()->starts_with('"');
      FieldChange change{fmt::format("{}{}", path, leaf.path), std::move(leaf.json), std::move(*same_path.mapped())};
      if (strings == Strings::decode && are_strings) {
        QSNAP_TRY(compare_strings(member, change));
      } else {
        add(member, std::move(change));
      }
    }
  }
  for (model::PayloadReader::Leaf& leaf : new_leaves) {
    if (by_path.contains(leaf.path)) {
      add(member, {fmt::format("{}{}", path, leaf.path), std::nullopt, std::move(leaf.json)});
    }
  }
  return {};
}

/// A payload that is huge on both sides, unless a rule wants to look into it.
bool FieldCollector::is_sampled(std::string_view member, Json before, Json after) const {
  return member == k_payload && before && after && std::min(before->size(), after->size()) > m_rules.sampled_over() &&
         !m_rules.touches(m_applicable, member);
}

/// Taken apart is only the value that all differences are in; where that is huge itself, they are told shortly.
Result<void> FieldCollector::compare_sampled(std::string_view member, std::string_view path, std::string_view before,
                                             std::string_view after, Strings strings) {
  QSNAP_ASSIGN(const std::string old_value, m_payloads.sorted(before));
  QSNAP_ASSIGN(const std::string new_value, m_payloads.sorted(after));
  if (old_value == new_value) {
    return {};
  }
  const FirstDifference first = first_difference(old_value, new_value);
  if (std::max(first.only_before.size(), first.only_after.size()) <= m_rules.sampled_over()) {
    return compare_leaves(member, fmt::format("{}{}", path, first.only_path), first.only_before, first.only_after,
                          strings);
  }
  m_told_by_value = false;
  add(member, {std::string{path}, json_string(fmt::format("{} bytes", before.size())),
               json_string(fmt::format("{} bytes, differs from byte {} at {}{}", after.size(), first.byte,
                                       path.substr(1), first.path))});
  return {};
}

/// Two strings in a payload may be encoded values (PHP inside of JSON): then what differs in them is told.
Result<void> FieldCollector::compare_strings(std::string_view member, const FieldChange& change) {
  const auto before = m_payloads.decoded(*change.before, {}, {}), after = m_payloads.decoded(*change.after, {}, {});
  const bool are_encoded = before && after && *before != *change.before && *after != *change.after;
  if (!are_encoded) {
    add(member, change);
    return {};
  }
  if (is_dropped(change)) {
    return {};
  }
  m_told_by_value = false;
  QSNAP_ASSIGN(const Equality equality, compare_sorted(m_payloads, *before, *after));
  if (equality == Equality::same_value) {
    add(member, {change.path, change.before, std::string{k_same_value}});
    return {};
  }
  return compare_leaves(member, change.path, *before, *after, Strings::as_found);
}

/// Values in a codec differ by what they decode to; those that cannot be decoded by size and digest.
Result<void> FieldCollector::compare_encoded(std::string_view member, const model::Fields& before,
                                             const model::Fields& after) {
  const std::string style = style_name(member);
  const std::string_view old_json = *before.find(member), new_json = *after.find(member);
  if (old_json == new_json && before.find(style) == after.find(style)) {
    return {};
  }
  m_told_by_value = false;
  const std::string path = fmt::format(".{}", member);
  const std::string old_summary = member_summary(before, member, old_json, m_payloads);
  const auto old_value = decoded_member(before, member, old_json, m_payloads);
  const auto new_value = decoded_member(after, member, new_json, m_payloads);
  if (old_value && new_value) {
    const auto equality = compare_sorted(m_payloads, *old_value, *new_value);
    if (equality && *equality == Equality::same_value) {
      add(member, {path, old_summary, std::string{k_same_value}});
      return {};
    }
    if (equality && compare_leaves(member, path, *old_value, *new_value, Strings::decode)) {
      return {};
    }
  }
  add(member, {path, old_summary, member_summary(after, member, new_json, m_payloads)});
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
    const auto styled = styled_member(name);
    // How the bytes are spelt, which is not what is compared.
    if (styled && is_in_codec(before, after, *styled)) {
      if (old_json != new_json) {
        add_encoded(name, old_json, new_json);
      }
      return {};
    }
    m_told_by_value = true;
    if (is_in_codec(before, after, name)) {
      QSNAP_TRY(compare_encoded(name, before.fields, after.fields));
    } else {
      QSNAP_TRY(name == "refs" ? compare_refs(old_json, new_json) : compare(name, old_json, new_json));
    }
    if (!m_told_by_value) {
      add_encoded(name, old_json, new_json);
    }
    return {};
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
  if (is_dropped(change)) {
    return;
  }
  if (!touched(member)) {
    m_touched.emplace_back(member);
  }
  if (m_listing == Listing::complete || m_list.size() < k_most_fields) {
    m_list.push_back(std::move(change));
  } else {
    ++m_unlisted;
  }
}

/// Rules know nothing of the parts that a large key is cut into.
bool FieldCollector::is_dropped(const FieldChange& change) {
  if (!change.path.starts_with(".parts[")) {
    return m_rules.drops(m_applicable, change, m_lengths);
  }
  FieldChange as_written = change;
  as_written.path.erase(0, change.path.find(']') + 1);
  return m_rules.drops(m_applicable, as_written, m_lengths);
}

bool FieldCollector::touched(std::string_view member) const {
  return std::find(m_touched.begin(), m_touched.end(), member) != m_touched.end();
}

void FieldCollector::add_encoded(std::string_view member, Json before, Json after) {
  const auto text = [](Json json) { return json ? std::optional{std::string{*json}} : std::nullopt; };
  if (m_listing == Listing::complete && (before || after)) {
    m_encoded.push_back({fmt::format(".{}", member), text(before), text(after)});
  }
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
