// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/report/change_groups.hpp>

namespace qsnap::report {

namespace {

/// Parts with their lengths, so that different lists of parts never give the same text.
class KeyBuilder {
 public:
  KeyBuilder& add(std::string_view part) {
    fmt::format_to(std::back_inserter(m_text), "{}:{}", part.size(), part);
    return *this;
  }
  KeyBuilder& add_value(const std::optional<std::string>& part) { return part ? add(*part) : absent(); }
  KeyBuilder& add_place(const std::optional<diff::Place>& place) {
    return place ? add(place->queue).add(place->state) : absent();
  }
  [[nodiscard]] std::string take() { return std::move(m_text); }

 private:
  KeyBuilder& absent() {
    m_text += '-';
    return *this;
  }
  std::string m_text;
};

bool is_error(const diff::FieldChange& field) {
  return field.path == field_path::k_error || field.path == field_path::k_error_class;
}

std::string group_key(const diff::Change& change) {
  KeyBuilder key;
  key.add(diff::to_text(change.subject)).add(diff::to_text(change.kind)).add(change.name);
  key.add_place(change.before).add_place(change.after);
  // All of an added or a removed record is its fields: listing them would keep every one apart.
  const bool whole = change.kind == diff::ChangeKind::added || change.kind == diff::ChangeKind::removed;
  for (const diff::FieldChange& field : change.fields) {
    if (is_headline(field)) {
      key.add(field.path).add_value(field.after);
      // What an error was before does not matter to the reader of a summary; from which retry on does.
      key.add_value(is_error(field) ? std::nullopt : field.before);
    } else if (!whole) {
      key.add(field.path);
    }
  }
  return key.take();
}

}  // namespace

bool is_headline(const diff::FieldChange& field) {
  return is_error(field) || field.path == field_path::k_retry_count;
}

const diff::FieldChange* find_field(const diff::Change& change, std::string_view path) {
  const auto at = std::find_if(change.fields.begin(), change.fields.end(),
                               [&](const diff::FieldChange& field) { return field.path == path; });
  return at == change.fields.end() ? nullptr : &*at;
}

std::vector<ChangeGroup> fold_alike(std::span<const diff::Change* const> changes) {
  std::vector<ChangeGroup> groups;
  std::unordered_map<std::string, std::size_t> group_of;
  for (const diff::Change* change : changes) {
    const auto [at, is_new] = group_of.try_emplace(group_key(*change), groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[at->second].push_back(change);
  }
  return groups;
}

std::vector<ChangeGroup> unfolded(std::span<const diff::Change* const> changes) {
  std::vector<ChangeGroup> groups;
  groups.reserve(changes.size());
  for (const diff::Change* change : changes) {
    groups.push_back({change});
  }
  return groups;
}

}  // namespace qsnap::report
