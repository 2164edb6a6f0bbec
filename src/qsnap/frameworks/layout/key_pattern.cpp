// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/frameworks/layout/key_pattern.hpp>

namespace qsnap::frameworks::layout {

namespace {

constexpr std::string_view k_queue = "queue";
constexpr std::string_view k_id = "id";

/// Where a hole's value goes, and where it comes from.
template <class AnyHoles>
auto& hole_of(AnyHoles& holes, std::string_view name) {
  return name == k_queue ? holes.queue : name == k_id ? holes.id : holes.other;
}

}  // namespace

KeyPattern::KeyPattern(std::string_view text) : m_text(text) {
  while (true) {
    const std::size_t open = text.find('<');
    if (open == std::string_view::npos) {
      m_parts.push_back({std::string{text}, {}});
      return;
    }
    const std::size_t close = text.find('>', open);
    m_parts.push_back({std::string{text.substr(0, open)}, std::string{text.substr(open + 1, close - open - 1)}});
    text.remove_prefix(close + 1);
  }
}

std::optional<Holes> KeyPattern::match(std::string_view name) const {
  Holes holes;
  for (std::size_t i = 0; i + 1 < m_parts.size(); ++i) {
    if (!name.starts_with(m_parts[i].literal)) {
      return std::nullopt;
    }
    name.remove_prefix(m_parts[i].literal.size());
    const std::string_view next = m_parts[i + 1].literal;
    const bool last = i + 2 == m_parts.size();
    std::size_t end = 0;
    if (last) {
      end = name.ends_with(next) ? name.size() - next.size() : 0;
    } else {
      end = name.find(next, 1);
    }
    if (name.empty() || end == 0 || end == std::string_view::npos) {
      return std::nullopt;
    }
    hole_of(holes, m_parts[i].hole) = name.substr(0, end);
    name.remove_prefix(end);
  }
  return !m_parts.empty() && name == m_parts.back().literal ? std::optional{holes} : std::nullopt;
}

std::string KeyPattern::fill(const Holes& holes) const {
  std::string name;
  for (const Part& part : m_parts) {
    name += part.literal;
    if (!part.hole.empty()) {
      name += hole_of(holes, part.hole).value_or(std::string_view{});
    }
  }
  return name;
}

bool KeyPattern::has_hole(std::string_view name) const {
  return std::any_of(m_parts.begin(), m_parts.end(), [&](const Part& part) { return part.hole == name; });
}

bool KeyPattern::has_queue() const {
  return has_hole(k_queue);
}

bool KeyPattern::has_id() const {
  return has_hole(k_id);
}

std::string_view KeyPattern::other_name() const {
  for (const Part& part : m_parts) {
    if (!part.hole.empty() && part.hole != k_queue && part.hole != k_id) {
      return part.hole;
    }
  }
  return {};
}

std::string_view KeyPattern::literal_prefix() const {
  return m_parts.empty() ? std::string_view{} : std::string_view{m_parts.front().literal};
}

std::size_t KeyPattern::literal_bytes() const {
  std::size_t bytes = 0;
  for (const Part& part : m_parts) {
    bytes += part.literal.size();
  }
  return bytes;
}

}  // namespace qsnap::frameworks::layout
