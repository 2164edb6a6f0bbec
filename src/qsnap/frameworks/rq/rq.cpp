// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/rq/executions.hpp>
#include <qsnap/frameworks/rq/job.hpp>
#include <qsnap/frameworks/rq/references.hpp>
#include <qsnap/frameworks/rq/results.hpp>
#include <qsnap/frameworks/rq/rq.hpp>

namespace qsnap::frameworks {

namespace {

using layout::BodySpec;
using layout::Candidate;
using layout::Found;
using layout::Holds;
using layout::KeepSpec;
using layout::KeyPattern;
using layout::Layout;
using layout::StateSpec;
using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::RedisType;

constexpr std::string_view k_queue_prefix = "rq:queue:";

StateSpec list_of_ids(std::string_view name, std::string_view key) {
  StateSpec state;
  state.name = name;
  state.key = KeyPattern{key};
  state.holds = Holds::ids;
  return state;
}

/// RQ's registries: sorted sets whose scores are seconds.
StateSpec registry(std::string_view name, std::string_view key, std::string_view score_member) {
  StateSpec state = list_of_ids(name, key);
  state.type = RedisType::zset;
  state.score_member = score_member;
  return state;
}

StateSpec requeued_to(std::string_view name, StateSpec state) {
  state.active = true;
  state.requeue_to = name;
  return state;
}

std::vector<StateSpec> states() {
  // To requeue a started job, its state is all that has to change: its status follows from it, and only started jobs
  // have an element with an execution, and keys of executions. started_at and worker are what a queued job of RQ may
  // have from an earlier try.
  StateSpec started = registry("started", "rq:wip:<queue>", "lease_at_s");
  started.id_of = rq::id_of_element;
  StateSpec limited = registry("rate_limited", "rq:rl:<rate_limit_key>:rate_limited", "limited_at_s");
  limited.other = layout::Weight::noise;  // the job says the same
  limited.queue_of_body = true;
  StateSpec repeated = registry("rq-scheduler", "rq:scheduler:scheduled_jobs", "due_at_s");
  repeated.queue_of_body = true;
  return {
      list_of_ids("waiting", "rq:queue:<queue>"),
      // What a worker has taken and not started yet: a moment, or what is left of a worker that died in it.
      requeued_to("waiting", list_of_ids("taken", "rq:queue:<queue>:intermediate")),
      requeued_to("waiting", std::move(started)),
      registry("finished", "rq:finished:<queue>", "forgotten_at_s"),
      registry("failed", "rq:failed:<queue>", "forgotten_at_s"),
      registry("canceled", "rq:canceled:<queue>", "canceled_at_s"),
      registry("deferred", "rq:deferred:<queue>", "deferred_at_s"),
      registry("ready", "rq:ready:<queue>", "ready_at_s"),
      registry("scheduled", "rq:scheduled:<queue>", "due_at_s"),
      std::move(limited),
      std::move(repeated),
  };
}

std::vector<KeepSpec> keeps() {
  const auto keep = [](std::string_view key, KeyRole role) { return KeepSpec{.key = KeyPattern{key}, .role = role}; };
  return {
      KeepSpec{.key = KeyPattern{"rq:suspended"}, .role = KeyRole::data, .stage = model::LoadStage::pause},
      // A worker or a scheduler whose name is taken refuses to start.
      keep("rq:workers", KeyRole::lock),
      keep("rq:workers:<queue>", KeyRole::lock),
      keep("rq:worker:<worker>", KeyRole::lock),
      keep("rq:cron_schedulers", KeyRole::lock),
      keep("rq:cron_scheduler:<scheduler>", KeyRole::lock),
      keep("rq:clean_registries:<queue>", KeyRole::lock),
      keep("rq:scheduler:<scheduler>", KeyRole::lock),
      keep("rq:scheduler-lock:<queue>", KeyRole::lock),
      keep("rq:scheduler_lock", KeyRole::lock),
      keep("rq:scheduler_instance:<scheduler>", KeyRole::lock),
      // What jobs say of themselves, by job.
      keep("rq:queue:<queue>:intermediate:first_seen:<id>", KeyRole::derived),
      keep("rq:group:<group>", KeyRole::derived),
      keep("rq:groups", KeyRole::derived),
      keep("rq:rl:<rate_limit_key>:allowed", KeyRole::derived),
      keep("rq:cron_job:<cron_job>:jobs", KeyRole::derived),
  };
}

std::optional<std::string> queue_of_job(const ItemBlock& body) {
  const auto origin = find_field(body, "origin");
  return origin && !origin->empty() ? std::optional<std::string>{*origin} : std::nullopt;
}

bool is_job(const ItemBlock& hash) {
  return find_field(hash, "data") && find_field(hash, "created_at") &&
         (find_field(hash, "origin") || find_field(hash, "status"));
}

/// RQ 2 gives every job a group, if only an empty one.
std::string_view version_of(const ItemBlock& job) {
  return find_field(job, "group_id") ? "2" : "1";
}

constexpr std::size_t k_job_fields = 64;  ///< more than any job has

Result<Found> look_at(const Keyspace& keyspace, const Candidate& candidate) {
  Found found{.name_space = candidate.name_space, .version = {}, .evidence = {}};
  for (const KeyId key : candidate.keys[0]) {
    QSNAP_ASSIGN(const ItemBlock hash, layout::first_items(keyspace, key, k_job_fields));
    if (!is_job(hash)) {
      continue;
    }
    if (found.evidence.empty()) {
      found.evidence.push_back(fmt::format("hash {} has the fields data and created_at", keyspace.name(key)));
    }
    found.version = std::max<std::string>(found.version, std::string{version_of(hash)});
  }
  for (const KeyId key : candidate.keys[1]) {
    QSNAP_ASSIGN(const auto elements, layout::first_elements(keyspace, key));
    if (!elements.empty() && elements.front().starts_with(k_queue_prefix)) {
      found.evidence.push_back(fmt::format("set {} names {}", keyspace.name(key), elements.front()));
    }
  }
  return found;
}

Result<std::vector<Found>> find_namespaces(const Keyspace& keyspace) {
  const std::array probes = {layout::Probe{KeyPattern{"rq:job:<id>"}, RedisType::hash},
                             layout::Probe{KeyPattern{"rq:queues"}, RedisType::set}};
  std::vector<Found> all;
  for (const Candidate& candidate : layout::find_candidates(keyspace, probes)) {
    QSNAP_ASSIGN(Found found, look_at(keyspace, candidate));
    if (!found.evidence.empty()) {
      all.push_back(std::move(found));
    }
  }
  return all;
}

/// Sources: rq 1.13.0 and 2.10.0. RQ's keys have no prefix of a user's; what stands in front of "rq:" is a client's.
Layout rq_layout() {
  Layout layout;
  layout.framework = "rq";
  layout.states = states();
  layout.body = BodySpec{.key = KeyPattern{"rq:job:<id>"}, .queue_of = queue_of_job};
  layout.format = rq::make_job_format();
  layout.satellites = rq::make_executions();
  layout.satellites.push_back(rq::make_results());
  layout.satellites.push_back(rq::make_dependencies());
  layout.satellites.push_back(rq::make_dependents());
  layout.listed = {{.key = KeyPattern{"rq:queues"}, .element_prefix = k_queue_prefix}};
  layout.keeps = keeps();
  layout.complete = rq::complete_refs;
  layout.is_generated = rq::is_uuid;
  layout.find = find_namespaces;
  return layout;
}

}  // namespace

std::unique_ptr<Adapter> make_rq_adapter() {
  return layout::make_layout_adapter(std::make_shared<const Layout>(rq_layout()));
}

}  // namespace qsnap::frameworks
