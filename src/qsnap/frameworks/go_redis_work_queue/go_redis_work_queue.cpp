// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/go_redis_work_queue/go_redis_work_queue.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::RedisType;

constexpr std::string_view k_framework = "go-redis-work-queue";

/// One pool of jobs: what the lists tell apart are a job's states, and in two of them its urgency.
constexpr std::string_view k_queue = "jobs";

bool is_job(std::string_view element) {
  return looks_like_json_with(element, {"filepath", "filesize", "creation_time"});
}

/// The producer makes 16 random bytes.
bool is_generated(std::string_view id) {
  return is_hex_id(id, 32);
}

std::shared_ptr<const JobFormat> job_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"id", "id", JsonKind::id},
              {"*", "payload", JsonKind::rest},  // filepath, filesize: what there is to do
              {"priority", "priority"},
              {"retries", "retry_count"},
              {"creation_time", "created_at_iso", JsonKind::iso},
              {"trace_id", "trace_id", JsonKind::noise},
              {"span_id", "span_id", JsonKind::noise},
          },
      .required = {{"filepath", JsonType::text}, {"creation_time", JsonType::text}},
      .is_generated = is_generated,
      .style = "json-go",
  });
}

/// Everything is pushed at the left and popped at the right.
StateSpec list_of(std::string_view state, std::string_view key) {
  return {.name = state, .key = KeyPattern{key}, .next = Next::right, .accepts = is_job, .fixed_queue = k_queue};
}

/// A worker's own list, which it holds one job in. The reaper pushes a job back to the list of its own `priority`
/// once the worker's heartbeat is gone; so does a requeue.
StateSpec processing() {
  StateSpec state = list_of("processing", "worker:<worker>:processing");
  state.other = Weight::noise;
  state.active = true;
  state.requeue_to = "waiting";
  state.requeued = [](model::Record& job) {
    job.fields.set("lane", std::string{job.fields.find("priority").value_or(R"("low")")});
  };
  return state;
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  constexpr std::array k_lists = {"high_priority", "low_priority", "completed", "dead_letter",
                                  "worker:<worker>:processing"};
  std::vector<Sign> signs;
  for (const std::string_view list : k_lists) {
    signs.push_back({KeyPattern{list}, RedisType::list, is_job, "JSON with filepath, filesize and creation_time"});
  }
  return find_by_signs(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_go_redis_work_queue_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      list_of("waiting", "<lane>_priority"),  // lane: high, low
      processing(),
      list_of("completed", "completed"),
      list_of("dead_letter", "dead_letter"),
  };
  layout.format = job_format();
  layout.keeps = {
      // A heartbeat repeats the job and lapses after 30 s. While there is one, nobody takes the job back.
      {KeyPattern{"processing:worker:<worker>"}, KeyRole::lock},
      {KeyPattern{"rate_limit:<what>"}, KeyRole::derived},
  };
  layout.is_generated = is_generated;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
