// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/huey/huey.hpp>
#include <qsnap/frameworks/huey/task.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>
#include <qsnap/frameworks/layout/string_job.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::RedisType;

constexpr std::string_view k_framework = "huey";

/// A result is a pickled value, whatever it is; so are the marks of locks and revoked tasks among them.
std::shared_ptr<const JobFormat> result_format() {
  return make_string_job(
      {.codec_of = [](std::string_view bytes) { return std::string{bytes.starts_with('\x80') ? "pickle" : ""}; }});
}

StateSpec by_priority() {
  StateSpec spec{.name = "prioritized", .key = KeyPattern{"huey.redis.<queue>"}, .type = RedisType::zset};
  spec.score_member = "negative_priority";
  spec.format = huey::make_task_format(huey::Prefix::clock);
  return spec;
}

StateSpec scheduled() {
  StateSpec spec{.name = "scheduled", .key = KeyPattern{"huey.schedule.<queue>"}, .type = RedisType::zset};
  spec.score_member = "due_at_s";
  return spec;
}

StateSpec results() {
  // The field is the task's id.
  StateSpec spec{.name = "result", .key = KeyPattern{"huey.results.<queue>"}, .type = RedisType::hash};
  spec.format = result_format();
  return spec;
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const auto is_task = [](std::string_view bytes) { return huey::is_task(bytes); };
  const auto is_pickle = [](std::string_view bytes) { return bytes.starts_with('\x80'); };
  const std::array signs = {
      Sign{KeyPattern{"huey.redis.<queue>"}, RedisType::list, is_task, "pickled tasks"},
      Sign{KeyPattern{"huey.redis.<queue>"}, RedisType::zset, is_task, "pickled tasks"},
      Sign{KeyPattern{"huey.schedule.<queue>"}, RedisType::zset, is_task, "pickled tasks"},
      Sign{KeyPattern{"huey.results.<queue>"}, RedisType::hash, is_pickle, "pickled results"},
  };
  return find_without_namespace(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_huey_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      {.name = "waiting", .key = KeyPattern{"huey.redis.<queue>"}, .next = Next::right},
      by_priority(),
      scheduled(),
      results(),
  };
  layout.format = huey::make_task_format(huey::Prefix::none);
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
