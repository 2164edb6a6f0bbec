// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <utility>

#include <qsnap/base/bounded_queue.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap {

/// One step of a pipeline on a thread of its own: works on items one after the other, in the order in which they came.
/// So what comes out does not depend on threads. The first error ends the work and comes back to whoever pushes or
/// finishes; so does an exception. The thread never outlives the stage. push() and finish() belong to one thread.
template <class Item>
class Stage {
 public:
  using Work = std::function<Result<void>(Item)>;

  /// `bound` is how much may wait, in the unit of the weights. `work` runs on the stage's thread alone.
  Stage(std::size_t bound, Work work) : m_queue(bound), m_work(std::move(work)), m_thread(&Stage::run, this) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  /// Drops what waits, and waits for the item that is being worked on.
  ~Stage() { m_queue.abandon(); }

  /// Waits for room. Errors with the error of an earlier item. REQUIRES: not finished
  Result<void> push(Item item, std::size_t weight) {
    return m_queue.push(std::move(item), weight) ? Result<void>{} : finish();
  }

  /// Waits until everything is done.
  Result<void> finish() {
    m_queue.close();
    if (m_thread.joinable()) {
      m_thread.join();
    }
    if (m_bug) {
      std::rethrow_exception(m_bug);
    }
    return m_outcome;
  }

 private:
  void run() {
    try {
      while (auto item = m_queue.pop()) {
        m_outcome = m_work(*std::move(item));
        if (!m_outcome) {
          break;
        }
      }
    } catch (...) {
      m_bug = std::current_exception();
    }
    m_queue.abandon();  // whoever waits for room must learn of it
  }

  BoundedQueue<Item> m_queue;
  Work m_work;
  Result<void> m_outcome;  ///< the thread's until it is joined, like the next one
  std::exception_ptr m_bug;
  std::jthread m_thread;  ///< last, so that it is joined before anything that it uses is gone
};

}  // namespace qsnap
