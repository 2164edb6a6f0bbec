// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/stats_report.hpp>

namespace qsnap::report {

namespace {

/// REQUIRES: both are at most that largest one.
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  constexpr auto k_most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return std::min(a + b, k_most);
}

}  // namespace

void PayloadStats::add(const PayloadStats& other) {
  if (other.jobs > 0 && (jobs == 0 || other.largest > largest)) {
    largest = other.largest;
    largest_job = other.largest_job;
  }
  jobs += other.jobs;
  bytes += other.bytes;
}

void DueStats::add(const DueStats& other) {
  if (other.jobs == 0) {
    return;
  }
  earliest_ms = jobs == 0 ? other.earliest_ms : std::min(earliest_ms, other.earliest_ms);
  latest_ms = jobs == 0 ? other.latest_ms : std::max(latest_ms, other.latest_ms);
  jobs += other.jobs;
  overdue += other.overdue;
}

void JobStats::add(const JobStats& other) {
  with_error += other.with_error;
  retried += other.retried;
  retries = sum(retries, other.retries);
  payloads.add(other.payloads);
  due.add(other.due);
}

void QueueStats::add(const QueueView& record) {
  queue.queue = record.queue;
  queue.paused = queue.paused || record.paused;
  for (const StateJobs& state : record.states) {
    const auto same = std::find_if(queue.states.begin(), queue.states.end(),
                                   [&](const StateJobs& known) { return known.state == state.state; });
    if (same == queue.states.end()) {
      queue.states.push_back(state);
    } else {
      same->jobs = sum(same->jobs, state.jobs);
    }
  }
}

std::uint64_t QueueStats::jobs() const {
  std::uint64_t all = 0;
  for (const StateJobs& state : queue.states) {
    all = sum(all, state.jobs);
  }
  return all;
}

std::optional<JobStats> SnapshotStats::contents() const {
  if (!has_contents) {
    return {};
  }
  JobStats all;
  for (const QueueStats& queue : queues) {
    if (queue.contents) {
      all.add(*queue.contents);
    }
  }
  return all;
}

std::vector<FrameworkStats> SnapshotStats::frameworks() const {
  std::map<std::string, FrameworkStats> by_name;
  for (const QueueStats& queue : queues) {
    const auto id = model::QueueId::parse(queue.queue.queue);
    FrameworkStats& framework = by_name[id ? id->framework : std::string{}];
    framework.name = id ? id->framework : std::string{};
    ++framework.queues;
    framework.jobs = sum(framework.jobs, queue.jobs());
  }
  std::vector<FrameworkStats> list;
  for (auto& [key, framework] : by_name) {
    list.push_back(std::move(framework));
  }
  return list;
}

}  // namespace qsnap::report
