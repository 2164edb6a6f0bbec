// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/key_index.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::KeyId;
using model::Keyspace;
using model::RedisType;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>{*text} : std::nullopt;
}

/// Whether the state's structure is what its name says. An empty predicate believes the name.
Result<bool> is_accepted(const Layout& layout, const Keyspace& keyspace, KeyId key, Line line) {
  if (line.part == Part::companion && !layout.companions[line.index].token.empty()) {
    QSNAP_ASSIGN(const std::vector<std::string> first, first_elements(keyspace, key, 1));
    return !first.empty() && first.front() == layout.companions[line.index].token;
  }
  if (line.part != Part::state) {
    return true;
  }
  if (const auto& accepts_key = layout.states[line.index].accepts_key) {
    return accepts_key(keyspace, key);
  }
  if (!layout.states[line.index].accepts) {
    return true;
  }
  QSNAP_ASSIGN(const std::vector<std::string> first, first_elements(keyspace, key, 1));
  return !first.empty() && layout.states[line.index].accepts(first.front());
}

bool is_of_another(const Layout& layout, std::string_view name, std::span<const std::string> inner) {
  return std::any_of(inner.begin(), inner.end(), [&](const std::string& other) {
    return name.starts_with(other) && name.substr(other.size()).starts_with(layout.separator);
  });
}

/// Remembers what is_foreign said of each queue.
class ForeignQueues {
 public:
  ForeignQueues(const Layout& layout, const Keyspace& keyspace, std::string prefix)
      : m_layout(layout), m_keyspace(keyspace), m_prefix(std::move(prefix)) {}

  Result<bool> contain(std::optional<std::string_view> queue) {
    if (!m_layout.is_foreign || !queue) {
      return false;
    }
    const auto known = m_known.find(std::string{*queue});
    if (known != m_known.end()) {
      return known->second;
    }
    QSNAP_ASSIGN(const bool foreign, m_layout.is_foreign(m_keyspace, m_prefix, *queue));
    m_known.emplace(*queue, foreign);
    return foreign;
  }

 private:
  const Layout& m_layout;
  const Keyspace& m_keyspace;
  std::string m_prefix;
  std::unordered_map<std::string, bool> m_known;
};

}  // namespace

std::string key_prefix(const Layout& layout, std::string_view name_space) {
  return name_space.empty() ? std::string{} : std::string{name_space}.append(layout.separator);
}

LineFinder::LineFinder(const Layout& layout) {
  for (std::size_t i = 0; i < layout.states.size(); ++i) {
    add({Part::state, i}, layout.states[i].key, layout.states[i].type);
  }
  if (layout.body) {
    add({Part::body, 0}, layout.body->key, layout.body->type);
  }
  for (std::size_t i = 0; i < layout.satellites.size(); ++i) {
    add({Part::satellite, i}, layout.satellites[i]->pattern(), layout.satellites[i]->type());
  }
  for (std::size_t i = 0; i < layout.sides.size(); ++i) {
    add({Part::side, i}, layout.sides[i].key, layout.sides[i].type);
  }
  for (std::size_t i = 0; i < layout.listed.size(); ++i) {
    add({Part::listed, i}, layout.listed[i].key, RedisType::set);
  }
  for (std::size_t i = 0; i < layout.queue_values.size(); ++i) {
    add({Part::queue_value, i}, layout.queue_values[i].key, RedisType::string);
  }
  for (std::size_t i = 0; i < layout.schedules.size(); ++i) {
    add({Part::schedule, i}, layout.schedules[i].key, RedisType::zset);
  }
  for (std::size_t i = 0; i < layout.companions.size(); ++i) {
    add({Part::companion, i}, layout.companions[i].key,
        layout.companions[i].token.empty() ? layout.companions[i].type : RedisType::list);
  }
  for (std::size_t i = 0; i < layout.keeps.size(); ++i) {
    add({Part::keep, i}, layout.keeps[i].key, std::nullopt);
  }
  std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
    return a.pattern->literal_bytes() > b.pattern->literal_bytes();
  });
}

void LineFinder::add(Line line, const KeyPattern& pattern, std::optional<RedisType> type) {
  m_entries.push_back({line, &pattern, type});
}

std::vector<LineFinder::Match> LineFinder::find(std::string_view name, std::optional<RedisType> type) const {
  std::vector<Match> matches;
  for (const Entry& entry : m_entries) {
    if (!name.starts_with(entry.pattern->literal_prefix()) || (type && entry.type && *entry.type != *type)) {
      continue;
    }
    if (const auto holes = entry.pattern->match(name)) {
      matches.push_back({entry.line, *holes});
    }
  }
  return matches;
}

Result<KeyIndex> index_keys(const Layout& layout, const Keyspace& keyspace, std::string_view name_space,
                            std::span<const std::string> inner, const KeyFilter& is_free) {
  const LineFinder finder{layout};
  const std::string prefix = key_prefix(layout, name_space);
  ForeignQueues foreign{layout, keyspace, prefix};
  KeyIndex index;
  index.first = index.end = keyspace.lower_bound(prefix);
  while (index.end < keyspace.size() && keyspace.name(index.end).starts_with(prefix)) {
    ++index.end;
  }
  for (KeyId key = index.first; key < index.end; ++key) {
    if (is_of_another(layout, keyspace.name(key), inner) || (is_free && !is_free(key))) {
      continue;
    }
    for (const auto& match : finder.find(keyspace.name(key).substr(prefix.size()), keyspace.type(key))) {
      QSNAP_ASSIGN(const bool accepted, is_accepted(layout, keyspace, key, match.line));
      QSNAP_ASSIGN(const bool is_foreign, foreign.contain(match.holes.queue));
      if (!accepted || is_foreign) {
        continue;
      }
      if (match.line.part == Part::body && !layout.body->field) {
        index.bodies.push_back(key);
      } else {
        index.keys.push_back(
            {key, match.line, owned(match.holes.queue), owned(match.holes.id), owned(match.holes.other)});
      }
      break;
    }
  }
  return index;
}

}  // namespace qsnap::frameworks::layout
