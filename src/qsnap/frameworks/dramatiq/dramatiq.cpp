// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/dramatiq/dramatiq.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::RedisType;

constexpr std::string_view k_framework = "dramatiq";

std::shared_ptr<const JobFormat> message_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"queue_name", "queue_name", JsonKind::queue},  // of a delayed message "mail.DQ": then in opts
              {"actor_name", "name"},
              {"args", "payload"},
              {"kwargs", "kwargs"},
              {"options.*", "options", JsonKind::rest},
              {"options.redis_message_id", "redis_message_id", JsonKind::id},
              {"options.retries", "retry_count"},
              {"options.max_retries", "max_retries"},
              {"options.traceback", "stacktrace", JsonKind::noise},
              {"options.requeue_timestamp", "requeued_at_ms", JsonKind::milliseconds},
              {"options.eta", "due_at_ms", JsonKind::milliseconds},
              {"message_id", "message_id", JsonKind::noise},
              {"message_timestamp", "created_at_ms", JsonKind::milliseconds},
          },
      .required = {{"actor_name", JsonType::text}, {"args", JsonType::array}, {"options", JsonType::object}},
      .is_generated = is_uuid,
      .style = "json-py-compact",
  });
}

StateSpec structure(std::string_view state, std::string_view key, RedisType type) {
  return {.name = state, .key = KeyPattern{key}, .type = type, .holds = Holds::ids, .other = Weight::noise};
}

/// Messages that a worker has fetched; the delayed ones among them wait in its memory. Any worker gives them back to
/// their list once `__heartbeats__` says that theirs is dead; a requeue does the same, and needs no more than that.
StateSpec fetched(std::string_view state, std::string_view key, std::string_view back_to) {
  StateSpec spec = structure(state, key, RedisType::set);
  spec.active = true;
  spec.requeue_to = back_to;
  return spec;
}

StateSpec dead() {
  StateSpec spec = structure("dead", "<queue>.XQ", RedisType::zset);
  spec.score_member = "dead_at_ms";
  return spec;
}

StateSpec in_hash(StateSpec spec, std::string_view suffix) {
  spec.body_suffix = suffix;
  return spec;
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const std::array signs = {Sign{KeyPattern{"<queue>.msgs"}, RedisType::hash,
                                 [](std::string_view message) {
                                   return looks_like_json_with(message, {"actor_name", "message_timestamp"});
                                 },
                                 "JSON with actor_name and message_timestamp"}};
  return find_by_signs(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_dramatiq_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      structure("waiting", "<queue>", RedisType::list),
      in_hash(structure("delayed", "<queue>.DQ", RedisType::list), ".DQ"),
      in_hash(fetched("delayed-active", "__acks__.<worker>.<queue>.DQ", "delayed"), ".DQ"),
      fetched("active", "__acks__.<worker>.<queue>", "waiting"),
      in_hash(dead(), ".XQ"),
  };
  layout.body = BodySpec{.key = KeyPattern{"<queue>.msgs"}, .field = true, .queue_of = {}};
  layout.format = message_format();
  // Without it nobody would give the messages of a dead worker back. No shift moves it: the older, the sooner.
  layout.keeps = {{KeyPattern{"__heartbeats__"}, KeyRole::derived, model::LoadStage::structure}};
  layout.is_generated = is_uuid;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
