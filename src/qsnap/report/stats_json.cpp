// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/stats_report.hpp>

namespace qsnap::report {

namespace {

void write_git_bytes(JsonWriter& json, const std::optional<std::uint64_t>& bytes) {
  if (bytes) {
    json.key("git_bytes").integer(number(*bytes));
  }
}

void write_sizes(JsonWriter& json, const SizeStats& sizes) {
  json.key("document_bytes").integer(number(sizes.document)).key("file_bytes").integer(number(sizes.file));
  json.key("file_form").bytes(sizes.is_packed ? "packed" : "stored").key("stored_bytes").integer(number(sizes.stored));
  write_git_bytes(json, sizes.git);
  json.key("sections").begin_object();
  for (const SectionStats& section : sizes.sections) {
    json.key(model::to_text(section.section)).begin_object().key("records").integer(number(section.records));
    json.key("bytes").integer(number(section.bytes)).end_object();
  }
  json.end_object();
}

void write_jobs(JsonWriter& json, const JobStats& jobs) {
  json.begin_object().key("with_error").integer(number(jobs.with_error));
  json.key("retried").integer(number(jobs.retried)).key("retries").integer(number(jobs.retries));
  json.key("payloads").begin_object().key("count").integer(number(jobs.payloads.jobs));
  json.key("bytes").integer(number(jobs.payloads.bytes)).key("largest_bytes").integer(number(jobs.payloads.largest));
  if (jobs.payloads.jobs > 0) {
    json.key("largest_job").bytes(jobs.payloads.largest_job);
  }
  json.end_object();
  if (jobs.due.jobs > 0) {
    json.key("due").begin_object().key("count").integer(number(jobs.due.jobs));
    json.key("overdue").integer(number(jobs.due.overdue)).key("earliest_ms").integer(jobs.due.earliest_ms);
    json.key("latest_ms").integer(jobs.due.latest_ms).end_object();
  }
  json.end_object();
}

void write_queue(JsonWriter& json, const QueueStats& queue) {
  json.begin_object().key("queue").bytes(queue_text(queue.queue.queue)).key("paused").boolean(queue.queue.paused);
  json.key("jobs").integer(number(queue.jobs())).key("counts").begin_object();
  for (const StateJobs& state : queue.queue.states) {
    json.key(queue_text(state.state)).integer(number(state.jobs));
  }
  json.end_object();
  if (queue.contents) {
    json.key("contents");
    write_jobs(json, *queue.contents);
  }
  json.end_object();
}

void write_frameworks(JsonWriter& json, const SnapshotStats& snapshot) {
  json.key("frameworks").begin_array();
  for (const FrameworkStats& framework : snapshot.frameworks()) {
    json.begin_object().key("name").bytes(framework.name).key("queues").integer(number(framework.queues));
    json.key("jobs").integer(number(framework.jobs)).end_object();
  }
  json.end_array();
}

void write_version(JsonWriter& json, const VersionStats& version) {
  json.begin_object().key("commit").bytes(version.commit.id).key("short_commit").bytes(version.commit.short_id);
  json.key("at").bytes(format_instant(version.commit.at));
  if (version.problem.empty()) {
    json.key("jobs").integer(number(version.jobs)).key("document_bytes").integer(number(version.document_bytes));
  } else {
    json.key("problem").bytes(version.problem);
  }
  write_git_bytes(json, version.git_bytes);
  json.end_object();
}

void write_growth(JsonWriter& json, const GrowthStats& growth) {
  json.key("history").begin_object().key("versions").begin_array();
  for (const VersionStats& version : growth.versions) {
    write_version(json, version);
  }
  json.end_array().key("more").integer(number(growth.more)).end_object();
}

void write_snapshot(JsonWriter& json, const SnapshotStats& snapshot) {
  json.begin_object().key("name").bytes(snapshot.name);
  if (snapshot.problem.empty()) {
    json.key("captured_at").bytes(format_instant(snapshot.captured_at));
    json.key("conflicted").boolean(snapshot.has_conflicts);
    write_sizes(json, snapshot.sizes);
    json.key("jobs").integer(number(snapshot.jobs));
    write_frameworks(json, snapshot);
    json.key("queues").begin_array();
    for (const QueueStats& queue : snapshot.queues) {
      write_queue(json, queue);
    }
    json.end_array();
    if (const std::optional<JobStats> contents = snapshot.contents()) {
      json.key("contents");
      write_jobs(json, *contents);
    }
  } else {
    json.key("problem").bytes(snapshot.problem);
  }
  if (snapshot.capture) {
    write_capture(json, snapshot.capture);
  }
  if (snapshot.growth) {
    write_growth(json, *snapshot.growth);
  }
  json.end_object();
}

}  // namespace

std::string stats_json(std::span<const SnapshotStats> snapshots) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.stats/1").key("snapshots").begin_array();
  for (const SnapshotStats& snapshot : snapshots) {
    write_snapshot(json, snapshot);
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
