// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <qsnap/base/bounded_queue.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap {

/// The same work for many jobs, several at once; results are delivered in the order in which the jobs came. So what
/// comes out does not depend on threads. Errors of the work and of the delivery come back to whoever submits or
/// finishes; so do exceptions. No thread outlives its owner. submit() and finish() belong to one thread, and the
/// delivery happens on it.
template <class Job, class Done>
class OrderedWorkers {
 public:
  using Work = std::function<Result<Done>(Job)>;
  using Deliver = std::function<Result<void>(Done)>;

  /// `make_work` is called once for each thread, so that work may have a state of its own. Without threads, the work
  /// happens in submit(). `bound` is how much may be under way, in the unit of the weights.
  OrderedWorkers(std::size_t threads, std::size_t bound, const std::function<Work()>& make_work, Deliver deliver)
      : m_bound(bound), m_deliver(std::move(deliver)), m_queue(bound) {
    if (threads == 0) {
      m_own_work = make_work();
    }
    try {
      for (std::size_t i = 0; i < threads; ++i) {
        m_threads.emplace_back([this, work = make_work()] { run(work); });
      }
    } catch (...) {
      m_queue.abandon();  // the threads that are there must end
      throw;
    }
  }
  OrderedWorkers(const OrderedWorkers&) = delete;
  OrderedWorkers& operator=(const OrderedWorkers&) = delete;
  /// Drops what waits, and waits for the jobs that are being worked on.
  ~OrderedWorkers() { m_queue.abandon(); }

  Result<void> submit(Job job, std::size_t weight) {
    if (m_threads.empty()) {
      return deliver(m_own_work(std::move(job)));
    }
    while (!m_pending.empty() && m_weight + weight > m_bound) {
      QSNAP_TRY(deliver_first());
    }
    Task task{std::move(job), {}};
    m_pending.push_back({task.promise.get_future(), weight});
    m_weight += weight;
    m_queue.push(std::move(task), weight);
    return {};
  }

  /// Waits until everything is delivered.
  Result<void> finish() {
    while (!m_pending.empty()) {
      QSNAP_TRY(deliver_first());
    }
    return {};
  }

 private:
  /// What became of a job: a result, or what its work threw.
  struct Outcome {
    std::optional<Result<Done>> result;
    std::exception_ptr bug;
  };
  struct Task {
    Job job;
    std::promise<Outcome> promise;
  };
  struct Pending {
    std::future<Outcome> outcome;
    std::size_t weight;
  };

  void run(const Work& work) {
    while (auto task = m_queue.pop()) {
      task->promise.set_value(attempt(work, std::move(task->job)));
    }
  }

  static Outcome attempt(const Work& work, Job job) {
    try {
      return {work(std::move(job)), nullptr};
    } catch (...) {
      return {std::nullopt, std::current_exception()};
    }
  }

  Result<void> deliver_first() {
    Pending first = std::move(m_pending.front());
    m_pending.pop_front();
    m_weight -= first.weight;
    Outcome outcome = first.outcome.get();
    if (outcome.bug) {
      std::rethrow_exception(std::move(outcome.bug));
    }
    return deliver(*std::move(outcome.result));
  }

  Result<void> deliver(Result<Done> done) {
    return done ? m_deliver(*std::move(done)) : Result<void>{std::move(done).error()};
  }

  std::size_t m_bound;
  Deliver m_deliver;
  Work m_own_work;                ///< without threads
  std::deque<Pending> m_pending;  ///< in the order of their jobs
  std::size_t m_weight = 0;       ///< of what is pending
  BoundedQueue<Task> m_queue;
  std::vector<std::jthread> m_threads;  ///< last, so that they are joined before anything that they use is gone
};

}  // namespace qsnap
