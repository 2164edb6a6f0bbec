// SPDX-License-Identifier: Apache-2.0
#include <qsnap/diff/renumbering.hpp>

namespace qsnap::diff {

namespace {

enum class ValueKind : std::uint8_t { text, number, other };

ValueKind kind_of(std::string_view json) {
  const char first = json.empty() ? 'n' : json.front();
  if (first == '"') {
    return ValueKind::text;
  }
  return first == '-' || (first >= '0' && first <= '9') ? ValueKind::number : ValueKind::other;
}

}  // namespace

bool Renumbering::agrees(std::string_view before, std::string_view after) {
  if (kind_of(before) == ValueKind::other || kind_of(before) != kind_of(after)) {
    return false;
  }
  const std::uint64_t old_value = m_hash(before).low, new_value = m_hash(after).low;
  const auto forth = m_after_of.find(old_value), back = m_before_of.find(new_value);
  if (forth == m_after_of.end() && back == m_before_of.end()) {
    m_after_of.emplace(old_value, new_value);
    m_before_of.emplace(new_value, old_value);
    return true;
  }
  return forth != m_after_of.end() && forth->second == new_value;
}

}  // namespace qsnap::diff
