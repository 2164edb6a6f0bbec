// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/laravel/job.hpp>
#include <qsnap/frameworks/laravel/laravel.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::KeyId;
using model::Keyspace;
using model::LoadStage;
using model::RedisType;

constexpr std::string_view k_queues = "queues:";

StateSpec zset_of(std::string_view state, std::string_view key, std::string_view score) {
  return {.name = state,
          .key = KeyPattern{key},
          .type = RedisType::zset,
          .accepts = laravel::is_job,
          .score_member = score};
}

StateSpec pending() {
  return {.name = "pending", .key = KeyPattern{"queues:<queue>"}, .accepts = laravel::is_job};
}

/// The score is when another worker may take the job over. A requeue that leaves `retry_count` as it is undoes the
/// reservation, the try included; volatile reserved_until_at_s goes.
StateSpec reserved() {
  StateSpec state = zset_of("reserved", "queues:<queue>:reserved", "reserved_until_at_s");
  state.format = laravel::make_job_format(laravel::LastTry::under_way);
  state.active = true;
  state.requeue_to = "pending";
  return state;
}

/// Keys that could be queues, by what stands in front of "queues:", as many as a look takes.
std::map<std::string, std::vector<KeyId>> candidates(const Keyspace& keyspace) {
  std::map<std::string, std::vector<KeyId>> all;
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    const RedisType type = keyspace.type(key);
    const std::size_t at = keyspace.name(key).find(k_queues);
    if ((type != RedisType::list && type != RedisType::zset) || at == std::string_view::npos) {
      continue;
    }
    std::vector<KeyId>& keys = all[std::string{keyspace.name(key).substr(0, at)}];
    if (keys.size() < k_sampled_keys) {
      keys.push_back(key);
    }
  }
  return all;
}

Result<std::vector<Found>> find(const Keyspace& keyspace) {
  std::vector<Found> all;
  for (const auto& [name_space, keys] : candidates(keyspace)) {
    for (const KeyId key : keys) {
      QSNAP_ASSIGN(const auto elements, first_elements(keyspace, key));
      const auto job = std::find_if(elements.begin(), elements.end(), laravel::is_job);
      if (job == elements.end()) {
        continue;
      }
      // Up to 7 it was "delay" and "timeoutAt".
      const std::string version = peek_member(*job, "backoff") ? "8+" : "5-7";
      all.push_back({name_space,
                     version,
                     {fmt::format("{} {} holds JSON with displayName, job, data and attempts",
                                  to_text(keyspace.type(key)), keyspace.name(key))}});
      break;
    }
  }
  return all;
}

}  // namespace

std::unique_ptr<Adapter> make_laravel_adapter() {
  Layout layout;
  layout.framework = "laravel";
  layout.separator = "";
  layout.states = {pending(), zset_of("delayed", "queues:<queue>:delayed", "due_at_s"), reserved()};
  layout.format = laravel::make_job_format(laravel::LastTry::over);
  // What a worker with block_for waits on: as many as there are jobs to take.
  layout.companions = {{.name = "notify",
                        .key = KeyPattern{"queues:<queue>:notify"},
                        .state = "pending",
                        .token = "1",
                        .role = KeyRole::derived,
                        .stage = LoadStage::wakeup}};
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
