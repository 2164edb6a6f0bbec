// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>
#include <qsnap/frameworks/taskiq/taskiq.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;

constexpr std::string_view k_framework = "taskiq";

bool is_message(std::string_view element) {
  return looks_like_json_with(element, {"task_id", "task_name", "labels"});
}

/// uuid4().hex, unless the user brings a generator of his own.
bool is_generated(std::string_view id) {
  return is_hex_id(id, 32) || is_uuid(id);
}

std::shared_ptr<const JobFormat> message_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"task_id", "id", JsonKind::id},
              {"task_name", "name"},
              {"labels.*", "labels", JsonKind::rest},
              {"labels._retries", "retry_count"},
              {"labels.max_retries", "max_retries"},
              {"labels_types", "labels_types"},
              {"args", "payload"},
              {"kwargs", "kwargs"},
          },
      .required = {{"task_id", JsonType::text}, {"task_name", JsonType::text}, {"args", JsonType::array}},
      .is_generated = is_generated,
      .style = "json-py",
  });
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const std::array signs = {
      Sign{KeyPattern{"<queue>"}, model::RedisType::list, is_message, "JSON with task_id, task_name and labels"}};
  return find_without_namespace(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_taskiq_adapter() {
  Layout layout;
  layout.framework = k_framework;
  // A queue is a list of any name. A task in the hands of a worker is nowhere in Redis.
  layout.states = {{.name = "waiting", .key = KeyPattern{"<queue>"}, .next = Next::right, .accepts = is_message}};
  layout.format = message_format();
  layout.is_generated = is_generated;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
