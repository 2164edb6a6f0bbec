// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/bee_queue/bee_queue.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::RedisType;

constexpr std::string_view k_framework = "bee-queue";

std::shared_ptr<const JobFormat> job_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"data", "payload"},
              {"options.*", "options", JsonKind::rest},  // backoff, timeout
              {"options.timestamp", "created_at_ms", JsonKind::milliseconds},
              {"options.stacktraces", "stacktrace", JsonKind::noise},
              {"options.retries", "retries_left"},
              {"options.delay", "delay_until_at_ms", JsonKind::milliseconds},
              {"status", "status"},
              {"progress", "progress"},
          },
      .required = {{"data"}, {"options.timestamp", JsonType::number}},
  });
}

StateSpec structure(std::string_view state, std::string_view key, RedisType type) {
  return {.name = state, .key = KeyPattern{key}, .type = type, .holds = Holds::ids, .next = Next::right};
}

StateSpec delayed() {
  StateSpec spec = structure("delayed", "<queue>:delayed", RedisType::zset);
  spec.score_member = "due_at_ms";
  return spec;
}

/// Every worker calls these back: what is in `stalling` for a whole interval is waiting again. A requeue takes them
/// out of `stalling`, too.
StateSpec active() {
  StateSpec spec = structure("active", "<queue>:active", RedisType::list);
  spec.active = true;
  spec.requeue_to = "waiting";
  return spec;
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const std::array signs = {Sign{KeyPattern{"<queue>:jobs"}, RedisType::hash,
                                 [](std::string_view job) {
                                   return looks_like_json_with(job, {"data", "options.timestamp", "status"});
                                 },
                                 "JSON with data, options.timestamp and status"}};
  return find_by_signs(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_bee_queue_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      structure("waiting", "<queue>:waiting", RedisType::list),
      active(),
      delayed(),
      structure("succeeded", "<queue>:succeeded", RedisType::set),
      structure("failed", "<queue>:failed", RedisType::set),
  };
  layout.body = BodySpec{.key = KeyPattern{"<queue>:jobs"}, .field = true, .queue_of = {}};
  layout.format = job_format();
  layout.sides = {
      {.key = KeyPattern{"<queue>:stalling"}, .type = RedisType::set, .member = "stalling", .state = "active"}};
  layout.queue_values = {{KeyPattern{"<queue>:id"}, "id_counter"}};
  layout.keeps = {{KeyPattern{"<queue>:stallBlock"}, KeyRole::lock}};
  layout.is_generated = is_counter;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
