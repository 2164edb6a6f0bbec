// SPDX-License-Identifier: Apache-2.0
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
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

/// What lapses is no queue, and neither is what is named by a digest: results of tasks are (Dramatiq's, by MD5).
Result<bool> is_queue(const model::Keyspace& keyspace, model::KeyId key) {
  constexpr std::size_t k_digest_digits = 32;
  if (keyspace.expires_at(key) || is_hex_id(keyspace.name(key), k_digest_digits)) {
    return false;
  }
  QSNAP_ASSIGN(const std::vector<std::string> first, first_elements(keyspace, key, 1));
  return !first.empty() && is_object(first.front());
}

/// Which lists are queues is known when everybody else has planned; a reading that plans nothing does not show.
Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (keyspace.type(key) == model::RedisType::list) {
      return std::vector{Found{{}, {}, {"lists of JSON objects that no framework claims"}}};
    }
  }
  return std::vector<Found>{};
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
