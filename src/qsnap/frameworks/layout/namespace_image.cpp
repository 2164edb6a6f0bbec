// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/frameworks/layout/job_record.hpp>
#include <qsnap/frameworks/layout/namespace_image.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::layout {

using model::ItemBlock;
using model::Keyspace;
using model::RedisType;

Result<NamespaceImage> NamespaceImage::read(const Layout& layout, const Keyspace& keyspace, std::string_view name_space,
                                            std::span<const std::string> inner, const KeyFilter& is_free) {
  QSNAP_ASSIGN(KeyIndex index, index_keys(layout, keyspace, name_space, inner, is_free));
  QSNAP_ASSIGN(Bodies bodies, Bodies::open(layout, keyspace, name_space, index));
  QSNAP_ASSIGN(JobBins bins, JobBins::create());
  NamespaceImage image{layout, keyspace, name_space, std::move(index), std::move(bodies), std::move(bins)};
  QSNAP_TRY(image.read_states());
  QSNAP_TRY(image.read_sides());
  QSNAP_TRY(image.read_listed());
  QSNAP_TRY(image.find_orphans());
  image.sort_queues();
  return image;
}

std::uint32_t NamespaceImage::number_of(std::string_view queue) {
  const auto [at, is_new] = m_queue_numbers.emplace(queue, static_cast<std::uint32_t>(m_queues.size()));
  if (is_new) {
    QueueImage image;
    image.name = queue;
    image.text = model::QueueId{std::string{m_layout->framework}, m_name_space, image.name}.text();
    m_queues.push_back(std::move(image));
  }
  return at->second;
}

const QueueImage* NamespaceImage::find_queue(std::string_view name) const {
  const auto at = m_queue_numbers.find(std::string{name});
  return at == m_queue_numbers.end() ? nullptr : &m_queues[at->second];
}

/// The right end of a list may run next; then it is read backward.
Result<void> NamespaceImage::read_elements(const IndexedKey& indexed, const ElementReader& reader) const {
  const RedisType type = m_keyspace->type(indexed.key);
  const bool backward = type == RedisType::list && indexed.line.part == Part::state &&
                        m_layout->states[indexed.line.index].next == Next::right;
  const auto direction = backward ? Keyspace::Direction::backward : Keyspace::Direction::forward;
  return m_keyspace->read(indexed.key, direction, [&](const ItemBlock& block) -> Result<void> {
    const std::size_t step = model::items_per_element(type).value_or(1);
    for (std::size_t i = 0; i + step <= block.size(); i += step) {
      const std::size_t at = backward ? block.size() - 1 - i : i;
      if (step == 1) {
        QSNAP_TRY(reader(block[at], {}));
      } else if (type == RedisType::hash) {
        QSNAP_TRY(reader(block[at + 1], block[at]));
      } else {
        QSNAP_TRY(reader(block[at], block[at + 1]));
      }
    }
    return {};
  });
}

Result<void> NamespaceImage::read_states() {
  for (std::size_t i = 0; i < m_index.keys.size(); ++i) {
    const IndexedKey& indexed = m_index.keys[i];
    if (indexed.line.part == Part::state) {
      QSNAP_TRY(read_structure(i));
    } else if (indexed.queue && (indexed.line.part == Part::queue_value || indexed.line.part == Part::schedule)) {
      static_cast<void>(queue(*indexed.queue));
    }
  }
  return {};
}

Result<void> NamespaceImage::read_structure(std::size_t indexed) {
  const IndexedKey& key = m_index.keys[indexed];
  const StateSpec& state = m_layout->states[key.line.index];
  if (state.own_key) {
    return read_own_key(indexed, state);
  }
  if (state.queue_of || state.queue_of_body) {
    return sort_into_bins(indexed, state);
  }
  const std::string name = key.queue.value_or(std::string{state.fixed_queue});
  const std::uint32_t owner = number_of(name);
  const std::string body_queue = name + std::string{state.body_suffix};
  Place place{indexed, {}, 0};
  QSNAP_TRY(read_elements(key, [&](std::string_view element, std::string_view) -> Result<void> {
    ++place.jobs;
    if (state.holds == Holds::ids) {
      const auto body = m_bodies.find(body_queue, state.id_of ? state.id_of(element) : element);
      if (body && m_owners[*body] == k_nobody) {
        m_owners[*body] = owner;
      }
    }
    return {};
  }));
  m_queues[owner].states[std::string{state.name}].push_back(place);
  return {};
}

Result<void> NamespaceImage::sort_into_bins(std::size_t indexed, const StateSpec& state) {
  std::map<std::pair<std::string, std::string>, std::size_t> bins;  // by queue and state
  QSNAP_TRY(read_elements(m_index.keys[indexed], [&](std::string_view element, std::string_view mark) -> Result<void> {
    const std::string_view name = state.state_of ? state.state_of(element) : state.name;
    QSNAP_ASSIGN(std::string queue, claim_for_queue(state, element));
    const auto [at, is_new] = bins.emplace(std::pair{std::move(queue), name}, m_bin_count);
    m_bin_count += is_new ? 1U : 0U;
    return m_bins.add(at->second, element, mark);
  }));
  for (const auto& [place, bin] : bins) {
    queue(place.first).states[place.second].push_back({indexed, bin, m_bins.count(bin)});
  }
  return {};
}

/// The queue of an element, which the body that it names belongs to from now on.
Result<std::string> NamespaceImage::claim_for_queue(const StateSpec& state, std::string_view element) {
  std::optional<std::string> name = state.queue_of ? state.queue_of(element) : std::nullopt;
  const std::string_view id = state.id_of ? state.id_of(element) : element;
  const auto body = state.holds == Holds::ids ? m_bodies.find(name.value_or(std::string{}), id) : std::nullopt;
  if (state.queue_of_body && body) {
    QSNAP_ASSIGN(const auto items, m_bodies.read(*body));
    name = m_layout->body->queue_of(*items);
  }
  if (!name) {
    name = std::string{state.fixed_queue};
  }
  if (body && m_owners[*body] == k_nobody) {
    m_owners[*body] = number_of(*name);
  }
  return *std::move(name);
}

Result<void> NamespaceImage::read_own_key(std::size_t indexed, const StateSpec& state) {
  const IndexedKey& key = m_index.keys[indexed];
  std::optional<std::string> name = key.queue;
  if (!name && state.queue_of) {
    QSNAP_ASSIGN(const ItemBlock value, m_keyspace->read_all(key.key));
    name = value.empty() ? std::nullopt : state.queue_of(value[0]);
  }
  queue(name.value_or(std::string{state.fixed_queue})).states[std::string{state.name}].push_back({indexed, {}, 1});
  return {};
}

Result<void> NamespaceImage::read_place(const Place& place, const ElementReader& reader) {
  if (!place.bin) {
    return read_elements(m_index.keys[place.indexed], reader);
  }
  return m_bins.read(*place.bin, [&](const ItemBlock& block) -> Result<void> {
    for (std::size_t i = 0; i + 1 < block.size(); i += 2) {
      QSNAP_TRY(reader(block[i], block[i + 1]));
    }
    return {};
  });
}

Result<void> NamespaceImage::read_sides() {
  m_sides.resize(m_layout->sides.size());
  for (const IndexedKey& indexed : m_index.keys) {
    if (indexed.line.part != Part::side) {
      continue;
    }
    Marks& marks = m_sides[indexed.line.index][indexed.queue.value_or(std::string{})];
    QSNAP_TRY(read_elements(indexed, [&](std::string_view element, std::string_view mark) -> Result<void> {
      marks.emplace(element, mark);
      return {};
    }));
  }
  return {};
}

std::optional<std::string_view> NamespaceImage::side(std::size_t side, std::string_view queue,
                                                     std::string_view id) const {
  const bool has_queue = m_layout->sides[side].key.has_queue();
  const auto marks = m_sides[side].find(has_queue ? std::string{queue} : std::string{});
  if (marks == m_sides[side].end()) {
    return std::nullopt;
  }
  const auto mark = marks->second.find(std::string{id});
  return mark == marks->second.end() ? std::nullopt : std::optional<std::string_view>{mark->second};
}

Result<void> NamespaceImage::read_listed() {
  m_listed.resize(m_layout->listed.size());
  for (const IndexedKey& indexed : m_index.keys) {
    if (indexed.line.part != Part::listed) {
      continue;
    }
    const std::string_view prefix = m_layout->listed[indexed.line.index].element_prefix;
    QSNAP_TRY(read_elements(indexed, [&](std::string_view element, std::string_view) -> Result<void> {
      if (element.starts_with(prefix)) {
        const std::string_view name = element.substr(prefix.size());
        m_listed[indexed.line.index].emplace(name);
        static_cast<void>(queue(name));
      }
      return {};
    }));
  }
  return {};
}

bool NamespaceImage::is_listed(std::size_t listed, std::string_view queue) const {
  return m_listed[listed].contains(std::string{queue});
}

Result<void> NamespaceImage::find_orphans() {
  return m_bodies.for_each(
      [&](Bodies::Number body, std::optional<std::string_view> name, std::string_view id) -> Result<void> {
        if (m_owners[body] != k_nobody) {
          return {};
        }
        std::optional<std::string> owner = name ? std::optional<std::string>{*name} : std::nullopt;
        if (!owner && m_layout->body->queue_of) {
          QSNAP_ASSIGN(const auto value, m_bodies.read(body));
          owner = m_layout->body->queue_of(*value);
        }
        m_owners[body] = number_of(owner.value_or(std::string{}));
        m_queues[m_owners[body]].orphans.push_back({body, std::string{id}});
        return {};
      });
}

void NamespaceImage::sort_queues() {
  std::sort(m_queues.begin(), m_queues.end(), [](const QueueImage& a, const QueueImage& b) { return a.text < b.text; });
  std::vector<std::uint32_t> moved(m_queues.size());
  for (std::uint32_t now = 0; now < m_queues.size(); ++now) {
    moved[m_queue_numbers[m_queues[now].name]] = now;
  }
  for (std::uint32_t& owner : m_owners) {
    owner = owner == k_nobody ? k_nobody : moved[owner];
  }
  for (std::uint32_t now = 0; now < m_queues.size(); ++now) {
    m_queue_numbers[m_queues[now].name] = now;
  }
}

}  // namespace qsnap::frameworks::layout
