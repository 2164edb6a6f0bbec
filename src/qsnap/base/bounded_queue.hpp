// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

namespace qsnap {

/// A queue between threads that holds so much and no more, measured in whatever its user weighs items in (bytes). An
/// item heavier than the bound passes alone. Any thread may call any of its functions.
template <class Item>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t bound) : m_bound(bound) {}

  /// Waits for room. False, and the item is dropped, once the queue is closed.
  bool push(Item item, std::size_t weight) {
    std::unique_lock lock{m_mutex};
    m_changed.wait(lock, [&] { return m_closed || m_items.empty() || m_weight + weight <= m_bound; });
    if (m_closed) {
      return false;
    }
    m_items.emplace_back(std::move(item), weight);
    m_weight += weight;
    m_changed.notify_all();
    return true;
  }

  /// Waits for an item. Absent once the queue is closed and empty.
  std::optional<Item> pop() {
    std::unique_lock lock{m_mutex};
    m_changed.wait(lock, [&] { return m_closed || !m_items.empty(); });
    if (m_items.empty()) {
      return std::nullopt;
    }
    auto [item, weight] = std::move(m_items.front());
    m_items.pop_front();
    m_weight -= weight;
    m_changed.notify_all();
    return std::move(item);
  }

  /// Takes no more items; what waits in it can still be popped.
  void close() {
    const std::lock_guard lock{m_mutex};
    m_closed = true;
    m_changed.notify_all();
  }

  /// close(), and drops what waits in it. Needs no memory, so a destructor may call it.
  void abandon() {
    std::list<std::pair<Item, std::size_t>> dropped;  // destroyed without the lock
    const std::lock_guard lock{m_mutex};
    m_closed = true;
    dropped.swap(m_items);
    m_weight = 0;
    m_changed.notify_all();
  }

 private:
  const std::size_t m_bound;
  std::mutex m_mutex;
  std::condition_variable m_changed;                ///< both ends wait on it: there are few threads
  std::list<std::pair<Item, std::size_t>> m_items;  ///< and no deque, which allocates even when it is empty
  std::size_t m_weight = 0;
  bool m_closed = false;
};

}  // namespace qsnap
