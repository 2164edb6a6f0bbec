// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/model/record.hpp>

namespace qsnap::model {

namespace {

constexpr auto k_by_name = [](const Field& field, std::string_view name) {
  return std::string_view{field.name} < name;
};

}  // namespace

std::string_view to_text(Section section) {
  constexpr std::array<std::string_view, k_sections.size()> names = {"config", "queues", "jobs", "workers", "keys"};
  return names.at(static_cast<std::size_t>(section));
}

void Fields::set(std::string_view name, std::string json) {
  const auto at = std::lower_bound(m_fields.begin(), m_fields.end(), name, k_by_name);
  if (at != m_fields.end() && at->name == name) {
    at->json = std::move(json);
  } else {
    m_fields.insert(at, Field{std::string{name}, std::move(json)});
  }
}

void Fields::erase(std::string_view name) {
  const auto at = std::lower_bound(m_fields.begin(), m_fields.end(), name, k_by_name);
  if (at != m_fields.end() && at->name == name) {
    m_fields.erase(at);
  }
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  const auto at = std::lower_bound(m_fields.begin(), m_fields.end(), name, k_by_name);
  return at != m_fields.end() && at->name == name ? std::optional<std::string_view>{at->json} : std::nullopt;
}

}  // namespace qsnap::model
