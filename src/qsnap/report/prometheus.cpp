// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/report/layout.hpp>
#include <qsnap/report/prometheus.hpp>
#include <qsnap/report/prometheus_text.hpp>

namespace qsnap::report {

namespace {

constexpr std::string_view k_prefix = "qsnap_snapshot_";

/// What is measured of one thing, with its labels.
struct Sample {
  std::string labels;  ///< name="value",…
  std::string value;
};

std::string snapshot_label(const SnapshotStats& snapshot) {
  return fmt::format("snapshot=\"{}\"", label_text(snapshot.name, Percent::plain));
}

std::string queue_labels(const SnapshotStats& snapshot, const QueueStats& queue) {
  return fmt::format("{},queue=\"{}\"", snapshot_label(snapshot), label_text(queue.queue.queue, Percent::escaped));
}

/// A gauge, and its samples of one snapshot.
struct Metric {
  std::string_view name;
  std::string_view help;
  std::function<std::vector<Sample>(const SnapshotStats&)> samples;
};

Metric of_snapshot(std::string_view name, std::string_view help,
                   std::function<std::optional<std::uint64_t>(const SnapshotStats&)> value) {
  return {name, help, [value = std::move(value)](const SnapshotStats& snapshot) {
            const auto found = snapshot.problem.empty() ? value(snapshot) : std::nullopt;
            return found ? std::vector<Sample>{{snapshot_label(snapshot), fmt::format("{}", *found)}}
                         : std::vector<Sample>{};
          }};
}

/// Of each queue whose jobs were read; an empty value: none.
Metric of_jobs(std::string_view name, std::string_view help, std::function<std::string(const JobStats&)> value) {
  return {name, help, [value = std::move(value)](const SnapshotStats& snapshot) {
            std::vector<Sample> samples;
            for (const QueueStats& queue : snapshot.queues) {
              const std::string text = queue.contents ? value(*queue.contents) : std::string{};
              if (!text.empty()) {
                samples.push_back({queue_labels(snapshot, queue), text});
              }
            }
            return samples;
          }};
}

Metric count_of_jobs(std::string_view name, std::string_view help,
                     std::function<std::uint64_t(const JobStats&)> value) {
  return of_jobs(name, help,
                 [value = std::move(value)](const JobStats& jobs) { return fmt::format("{}", value(jobs)); });
}

std::vector<Sample> readable(const SnapshotStats& snapshot) {
  return {{snapshot_label(snapshot), snapshot.problem.empty() ? "1" : "0"}};
}

std::vector<Sample> captured(const SnapshotStats& snapshot) {
  if (!snapshot.problem.empty()) {
    return {};
  }
  return {{snapshot_label(snapshot), seconds(to_ms(snapshot.captured_at))}};
}

std::vector<Sample> sections(const SnapshotStats& snapshot) {
  std::vector<Sample> samples;
  for (const SectionStats& section : snapshot.sizes.sections) {
    samples.push_back({fmt::format("{},section=\"{}\"", snapshot_label(snapshot), model::to_text(section.section)),
                       fmt::format("{}", section.bytes)});
  }
  return samples;
}

std::vector<Sample> paused(const SnapshotStats& snapshot) {
  std::vector<Sample> samples;
  for (const QueueStats& queue : snapshot.queues) {
    samples.push_back({queue_labels(snapshot, queue), queue.queue.paused ? "1" : "0"});
  }
  return samples;
}

std::vector<Sample> states(const SnapshotStats& snapshot) {
  std::vector<Sample> samples;
  for (const QueueStats& queue : snapshot.queues) {
    for (const StateJobs& state : queue.queue.states) {
      samples.push_back(
          {fmt::format("{},state=\"{}\"", queue_labels(snapshot, queue), label_text(state.state, Percent::plain)),
           fmt::format("{}", state.jobs)});
    }
  }
  return samples;
}

std::vector<Metric> metrics_of_snapshots() {
  using S = const SnapshotStats&;
  using Value = std::optional<std::uint64_t>;
  return {
      {"readable", "Whether the snapshot can be read.", readable},
      {"captured_timestamp_seconds", "When the state was captured.", captured},
      of_snapshot("conflicted", "Whether a merge left conflicts that nobody has resolved.",
                  [](S s) -> Value { return s.has_conflicts ? 1 : 0; }),
      of_snapshot("document_bytes", "Size of the document without compression.",
                  [](S s) -> Value { return s.sizes.document; }),
      of_snapshot("file_bytes", "Size of the file in the work tree.", [](S s) -> Value { return s.sizes.file; }),
      of_snapshot("stored_bytes", "Size of the form that Git is given.", [](S s) -> Value { return s.sizes.stored; }),
      of_snapshot("git_bytes", "What the version in HEAD takes of the repository.",
                  [](S s) -> Value { return s.sizes.git; }),
      {"section_bytes", "Size of a section of the document.", sections},
      of_snapshot(
          "versions", "Versions in the history of HEAD.",
          [](S s) -> Value { return s.growth ? Value{s.growth->versions.size() + s.growth->more} : std::nullopt; }),
  };
}

std::vector<Metric> metrics_of_queues() {
  using J = const JobStats&;
  return {
      {"queue_paused", "Whether the queue is paused.", paused},
      {"jobs", "Jobs in a state of a queue.", states},
      count_of_jobs("jobs_with_error", "Jobs that carry an error.", [](J j) { return j.with_error; }),
      count_of_jobs("jobs_retried", "Jobs that were retried at least once.", [](J j) { return j.retried; }),
      count_of_jobs("retries", "Retries of all jobs.", [](J j) { return j.retries; }),
      count_of_jobs("payloads", "Jobs that have a payload.", [](J j) { return j.payloads.jobs; }),
      count_of_jobs("payload_bytes", "Size of all payloads in the document.", [](J j) { return j.payloads.bytes; }),
      count_of_jobs("payload_largest_bytes", "Size of the largest payload.", [](J j) { return j.payloads.largest; }),
      count_of_jobs("jobs_overdue", "Jobs that were due at the capture or before it.",
                    [](J j) { return j.due.overdue; }),
      of_jobs("due_earliest_seconds", "From the capture to the first due job.",
              [](J j) { return j.due.jobs > 0 ? seconds(j.due.earliest_ms) : std::string{}; }),
      of_jobs("due_latest_seconds", "From the capture to the last due job.",
              [](J j) { return j.due.jobs > 0 ? seconds(j.due.latest_ms) : std::string{}; }),
  };
}

void append_metric(std::string& page, const Metric& metric, std::span<const SnapshotStats> snapshots) {
  std::string lines;
  for (const SnapshotStats& snapshot : snapshots) {
    for (const Sample& sample : metric.samples(snapshot)) {
      lines += fmt::format("{}{}{{{}}} {}\n", k_prefix, metric.name, sample.labels, sample.value);
    }
  }
  if (!lines.empty()) {
    page += fmt::format("# HELP {0}{1} {2}\n# TYPE {0}{1} gauge\n", k_prefix, metric.name, metric.help);
    page += lines;
  }
}

}  // namespace

std::string stats_prometheus(std::span<const SnapshotStats> snapshots) {
  std::string page;
  for (const auto& metrics : {metrics_of_snapshots(), metrics_of_queues()}) {
    for (const Metric& metric : metrics) {
      append_metric(page, metric, snapshots);
    }
  }
  return page;
}

}  // namespace qsnap::report
