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
  constexpr std::size_t k_usual = 12;  // members of a job: more than one allocation would be a waste
  if (m_fields.empty()) {
    m_fields.reserve(k_usual);
  }
  if (m_fields.empty() || m_fields.back().name < name) {  // often in order, always when parsed
    m_fields.push_back(Field{std::string{name}, std::move(json)});
    return;
  }
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
    const Field gone = std::move(*at);  // what moves up would keep the memory of a long value
    m_fields.erase(at);
  }
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  // A record has a dozen members: comparing lengths first is faster than halving.
  const auto at =
      std::find_if(m_fields.begin(), m_fields.end(), [&](const Field& field) { return field.name == name; });
  return at != m_fields.end() ? std::optional<std::string_view>{at->json} : std::nullopt;
}

}  // namespace qsnap::model
