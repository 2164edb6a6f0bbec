// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/cursor.hpp>
#include <qsnap/frameworks/proof.hpp>

namespace qsnap::frameworks {

using model::ItemBlock;
using model::KeyId;
using model::KeyWrite;
using model::RedisType;

ValueDigest::ValueDigest(RedisType type) : m_per_element(model::items_per_element(type).value_or(1)) {
  if (type == RedisType::list || type == RedisType::stream || type == RedisType::string) {
    m_order.emplace();
  }
}

void ValueDigest::add(const ItemBlock& items, Direction direction) {
  m_items += items.size();
  if (!m_order) {
    add_to_sum(items);
    return;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    add_in_order(items[direction == Direction::forward ? i : items.size() - 1 - i]);
  }
}

// Lengths go in front of items, so that "ab","c" and "a","bc" differ.
void ValueDigest::add_in_order(std::string_view item) {
  m_scratch.clear();
  append_varint(m_scratch, item.size());
  m_order->update(m_scratch);
  m_order->update(item);
}

void ValueDigest::add_to_sum(const ItemBlock& items) {
  for (std::size_t at = 0; at < items.size(); at += m_per_element) {
    m_scratch.clear();
    for (std::size_t i = at; i < std::min(at + m_per_element, items.size()); ++i) {
      append_varint(m_scratch, items[i].size());
      m_scratch += items[i];
    }
    m_element.update(m_scratch);
    const std::array<char, 32> element = m_element.take();
    ByteCursor cursor{{element.data(), element.size()}};
    for (std::uint64_t& lane : m_sum) {
      lane += *cursor.u64();
    }
  }
}

std::string ValueDigest::digest() const {
  std::string out = m_order ? m_order->digest() : std::string{};
  for (const std::uint64_t lane : m_sum) {
    append_u64(out, lane);
  }
  append_u64(out, m_items);
  return out;
}

KeyProof::KeyProof(const model::Keyspace& keyspace, const KeyPlan& plan, const std::vector<bool>& selected)
    : m_keyspace(keyspace), m_plan(plan), m_selected(selected), m_states(keyspace.size(), State::untouched) {}

Result<void> KeyProof::write(std::uint32_t owner, const KeyWrite& write) {
  const auto key = m_keyspace.find(write.key);
  if (key && !m_selected[*key]) {
    return {};
  }
  if (!key || !m_plan[*key].modelled || m_plan[*key].owner != owner) {
    m_strayed.insert(owner);
    return {};
  }
  QSNAP_ASSIGN(m_states[*key], judge(*key, write));
  return {};
}

Result<KeyProof::State> KeyProof::judge(KeyId key, const KeyWrite& write) {
  const bool fits = write.type == m_keyspace.type(key) && write.expires_at == m_keyspace.expires_at(key);
  if (!fits || write.items->empty()) {
    return State::guilty;
  }
  switch (m_states[key]) {
    case State::untouched:
      return judge_first(key, write);
    case State::partial:
      return add_piece(m_partials.at(key), write);
    default:  // complete already, so one more write can only do harm; and guilty stays guilty
      return State::guilty;
  }
}

Result<KeyProof::State> KeyProof::judge_first(KeyId key, const KeyWrite& write) {
  const bool left_to_right = write.end == KeyWrite::ListEnd::right || write.items->size() == 1;
  if (left_to_right) {
    QSNAP_ASSIGN(const bool whole, is_whole_value(key, *write.items));
    if (whole) {
      return State::equal;
    }
  }
  if (write.type == RedisType::string) {
    return State::guilty;
  }
  return add_piece(m_partials.emplace(key, Partial{ValueDigest{write.type}, write.end}).first->second, write);
}

KeyProof::State KeyProof::add_piece(Partial& partial, const KeyWrite& write) {
  if (write.end != partial.end) {
    return State::guilty;
  }
  partial.digest.add(*write.items, model::Keyspace::Direction::forward);
  return State::partial;
}

Result<bool> KeyProof::is_whole_value(KeyId key, const ItemBlock& items) const {
  std::size_t at = 0;
  bool equal = true;
  const auto compare = [&](const ItemBlock& block) -> Result<void> {
    for (std::size_t i = 0; equal && i < block.size(); ++i, ++at) {
      equal = at < items.size() && block[i] == items[at];
    }
    // An error is how a reader stops; this one never leaves the function.
    return equal ? Result<void>{} : make_error(ErrorCode::cancelled, "a difference was found");
  };
  const auto read = m_keyspace.read(key, model::Keyspace::Direction::forward, compare);
  if (!read && equal) {
    return read.error();
  }
  return equal && at == items.size();
}

Result<bool> KeyProof::came_out_equal(KeyId key, const Partial& partial) const {
  // Left pushes arrive from the right end on, so the list is read that way, too.
  const auto direction = partial.end == KeyWrite::ListEnd::left ? model::Keyspace::Direction::backward
                                                                : model::Keyspace::Direction::forward;
  ValueDigest wanted{m_keyspace.type(key)};
  QSNAP_TRY(m_keyspace.read(key, direction, [&](const ItemBlock& block) -> Result<void> {
    wanted.add(block, direction);
    return {};
  }));
  return wanted.digest() == partial.digest.digest();
}

Result<Verdict> KeyProof::finish() {
  for (const auto& [key, partial] : m_partials) {
    if (m_states[key] == State::partial) {
      QSNAP_ASSIGN(const bool equal, came_out_equal(key, partial));
      m_states[key] = equal ? State::equal : State::guilty;
    }
  }
  Verdict verdict;
  for (KeyId key = 0; key < m_states.size(); ++key) {
    if (m_selected[key] && m_plan[key].modelled && m_states[key] != State::equal) {
      verdict.guilty.push_back(key);
    }
  }
  verdict.strayed = std::move(m_strayed);
  return verdict;
}

}  // namespace qsnap::frameworks
