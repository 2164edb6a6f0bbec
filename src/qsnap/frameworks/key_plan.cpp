// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::array<std::string_view, 3> k_role_names = {"data", "derived", "lock"};

}  // namespace

std::string_view to_text(KeyRole role) {
  return k_role_names.at(static_cast<std::size_t>(role));
}

std::optional<KeyRole> parse_key_role(std::string_view text) {
  const auto at = std::find(k_role_names.begin(), k_role_names.end(), text);
  return at == k_role_names.end() ? std::nullopt : std::optional{static_cast<KeyRole>(at - k_role_names.begin())};
}

bool KeyPlan::claim(model::KeyId key) {
  std::uint32_t& owner = m_entries[key].owner;
  if (owner == 0) {
    owner = m_owner;
  }
  return owner == m_owner;
}

bool KeyPlan::model(model::KeyId key) {
  if (!claim(key) || m_entries[key].forced) {
    return false;
  }
  m_entries[key].modelled = true;
  return true;
}

void KeyPlan::keep(model::KeyId key, KeyRole role) {
  if (claim(key)) {
    m_entries[key].modelled = false;
    m_entries[key].role = role;
  }
}

void KeyPlan::assign_queue(model::KeyId key, std::string_view queue) {
  if (!claim(key)) {
    return;
  }
  const auto next = static_cast<std::uint32_t>(m_queues.size() + 1);
  const auto [at, is_new] = m_queue_numbers.try_emplace(std::string{queue}, next);
  if (is_new) {
    m_queues.emplace_back(queue);
  }
  m_entries[key].queue = at->second;
}

void KeyPlan::restart() {
  for (Entry& entry : m_entries) {
    entry = Entry{.forced = entry.forced};
  }
  m_queues.clear();
  m_queue_numbers.clear();
  m_owner = 0;
}

void KeyPlan::force_verbatim(model::KeyId key) {
  m_entries[key].forced = true;
  m_entries[key].modelled = false;
}

std::string_view KeyPlan::queue_of(model::KeyId key) const {
  const std::uint32_t number = m_entries[key].queue;
  return number == 0 ? std::string_view{} : std::string_view{m_queues[number - 1]};
}

}  // namespace qsnap::frameworks
