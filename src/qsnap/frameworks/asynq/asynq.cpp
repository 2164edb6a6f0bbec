// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/frameworks/asynq/asynq.hpp>
#include <qsnap/frameworks/asynq/message.hpp>
#include <qsnap/frameworks/asynq/task.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::KeyId;
using model::Keyspace;
using model::LoadStage;
using model::RedisType;

constexpr std::string_view k_framework = "asynq";
constexpr std::string_view k_task = "{<queue>}:t:<id>";

StateSpec list_of(std::string_view state, std::string_view key) {
  return {.name = state, .key = KeyPattern{key}, .holds = Holds::ids, .next = Next::right};
}

StateSpec zset_of(std::string_view state, std::string_view key, std::string_view score) {
  return {.name = state, .key = KeyPattern{key}, .type = RedisType::zset, .holds = Holds::ids, .score_member = score};
}

/// A requeue has to drop the task's entry in :lease (volatile lease_expires_at_s), as Asynq's own requeue does: what
/// is pending and has a lease would be retried by the recoverer besides.
StateSpec active() {
  StateSpec state = list_of("active", "{<queue>}:active");
  state.active = true;
  state.requeue_to = "pending";
  return state;
}

/// A group's tasks, and those that a server took out of it to aggregate ("<group>:<uuid>"). The group itself is in the
/// message, so the key's name is noise.
StateSpec aggregating() {
  StateSpec state = zset_of(asynq::k_aggregating, "{<queue>}:g:<group_key>", "grouped_at_s");
  state.other = Weight::noise;
  return state;
}

std::vector<KeepSpec> keeps() {
  std::vector<KeepSpec> all;
  for (const std::string_view key :
       {"{<queue>}:processed", "{<queue>}:failed", "{<queue>}:processed:<day>", "{<queue>}:failed:<day>", "servers",
        "servers:<server>", "workers", "workers:<server>", "schedulers", "schedulers:<scheduler>",
        "scheduler_history:<entry>"}) {
    all.push_back({KeyPattern{key}, KeyRole::derived});
  }
  // Which sets of tasks a server was aggregating, and until when: without it they would never be taken up again.
  all.push_back({KeyPattern{"{<queue>}:aggregation_sets"}, KeyRole::data});
  return all;
}

/// The first of the hashes that is a task of its key's name.
Result<std::optional<KeyId>> first_task(const Keyspace& keyspace, const Candidate& candidate) {
  const std::string prefix = key_prefix(candidate.name_space);
  for (const KeyId key : candidate.keys[0]) {
    QSNAP_ASSIGN(const model::ItemBlock items, first_items(keyspace, key));
    const auto holes = KeyPattern{k_task}.match(keyspace.name(key).substr(prefix.size()));
    const auto message = find_field(items, "msg");
    if (holes && message && find_field(items, "state") && asynq::parse_message(*message, {*holes->queue, *holes->id})) {
      return std::optional{key};
    }
  }
  return std::optional<KeyId>{};
}

/// A drained namespace has its set of queues, and counters of one of them.
Result<std::optional<KeyId>> first_counter(const Keyspace& keyspace, const Candidate& candidate) {
  const std::string prefix = key_prefix(candidate.name_space);
  const auto queues = find_typed(keyspace, prefix + "queues", RedisType::set);
  if (!queues) {
    return std::optional<KeyId>{};
  }
  QSNAP_ASSIGN(const auto names, first_elements(keyspace, *queues));
  for (const KeyId key : candidate.keys[1]) {
    const auto holes = KeyPattern{"{<queue>}:processed"}.match(keyspace.name(key).substr(prefix.size()));
    if (holes && std::find(names.begin(), names.end(), *holes->queue) != names.end()) {
      return std::optional{key};
    }
  }
  return std::optional<KeyId>{};
}

/// Headers came with 0.26, groups with 0.23, leases with 0.22; before those there was :deadlines.
Result<std::string> version_of(const Keyspace& keyspace, const Candidate& candidate) {
  constexpr std::size_t k_groups = 2, k_leases = 3, k_deadlines = 4;
  const std::string prefix = key_prefix(candidate.name_space);
  for (const KeyId key : candidate.keys[0]) {
    QSNAP_ASSIGN(const model::ItemBlock items, first_items(keyspace, key));
    const auto holes = KeyPattern{k_task}.match(keyspace.name(key).substr(prefix.size()));
    const auto bytes = find_field(items, "msg");
    const auto message =
        holes && bytes ? asynq::parse_message(*bytes, {*holes->queue, *holes->id}) : std::optional<asynq::Message>{};
    if (message && !message->headers.empty()) {
      return std::string{"0.26"};
    }
  }
  const auto has = [&](std::size_t probe) { return !candidate.keys[probe].empty(); };
  return std::string{has(k_groups) ? "0.23-0.26" : has(k_leases) ? "0.22-0.26" : has(k_deadlines) ? "0.18-0.21" : ""};
}

Result<std::vector<Found>> find(const Keyspace& keyspace) {
  const std::array probes = {
      Probe{KeyPattern{k_task}, RedisType::hash}, Probe{KeyPattern{"{<queue>}:processed"}, RedisType::string},
      Probe{KeyPattern{"{<queue>}:groups"}, RedisType::set}, Probe{KeyPattern{"{<queue>}:lease"}, RedisType::zset},
      Probe{KeyPattern{"{<queue>}:deadlines"}, RedisType::zset}};
  std::vector<Found> all;
  for (Candidate& candidate : find_candidates(keyspace, probes)) {
    if (candidate.name_space.empty()) {
      continue;
    }
    QSNAP_ASSIGN(const auto task, first_task(keyspace, candidate));
    QSNAP_ASSIGN(const auto counter, first_counter(keyspace, candidate));
    if (!task && !counter) {
      continue;
    }
    QSNAP_ASSIGN(std::string version, version_of(keyspace, candidate));
    Found found{std::move(candidate.name_space), std::move(version), {}};
    if (task) {
      found.evidence.push_back(
          fmt::format("hash {} holds a state, and a message of its id and queue in protobuf", keyspace.name(*task)));
    } else {
      found.evidence.push_back(fmt::format("string {} counts tasks of a queue that set {}:queues names",
                                           keyspace.name(*counter), found.name_space));
    }
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace

std::unique_ptr<Adapter> make_asynq_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      list_of("pending", "{<queue>}:pending"),
      active(),
      zset_of("scheduled", "{<queue>}:scheduled", "due_at_s"),
      zset_of("retry", "{<queue>}:retry", "due_at_s"),
      zset_of("archived", "{<queue>}:archived", "archived_at_s"),
      zset_of("completed", "{<queue>}:completed", "expires_at_s"),
      aggregating(),
  };
  layout.body = BodySpec{.key = KeyPattern{k_task}};
  layout.format = asynq::make_task_format();
  layout.satellites = {asynq::make_unique_lock()};
  layout.sides = {
      {.key = KeyPattern{"{<queue>}:lease"}, .member = "lease_expires_at_s", .state = "active"},
      {.key = KeyPattern{"{<queue>}:deadlines"}, .member = "run_until_at_s", .state = "active"},
  };
  layout.listed = {{.key = KeyPattern{"queues"}, .element_prefix = {}}};
  layout.queue_values = {
      {.key = KeyPattern{"{<queue>}:paused"}, .member = "paused_at_s", .flag = "paused", .stage = LoadStage::pause}};
  layout.companions = {
      {.name = "groups", .key = KeyPattern{"{<queue>}:groups"}, .state = asynq::k_aggregating, .role = KeyRole::data}};
  layout.keeps = keeps();
  layout.is_generated = is_uuid;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
