// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>
#include <qsnap/frameworks/layout/string_job.hpp>
#include <qsnap/frameworks/plain_list/plain_list.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;

constexpr std::string_view k_framework = "list";

/// An object with a member: what a job of anybody's own making is likely to be.
bool is_object(std::string_view element) {
  return element.starts_with("{\"") && element.ends_with('}');
}

/// What lapses is no queue: the result of a task, say.
Result<bool> is_queue(const model::Keyspace& keyspace, model::KeyId key) {
  QSNAP_ASSIGN(const std::vector<std::string> first, first_elements(keyspace, key, 1));
  return !keyspace.expires_at(key) && !first.empty() && is_object(first.front());
}

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const std::array signs = {Sign{KeyPattern{"<queue>"}, model::RedisType::list, is_object, "JSON objects"}};
  return find_without_namespace(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_plain_list_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.turn = Turn::fallback;
  // Nothing says which end runs next: the order is that of the list, left to right.
  layout.states = {{.name = "waiting", .key = KeyPattern{"<queue>"}, .accepts_key = is_queue}};
  layout.format = make_string_job({});
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
