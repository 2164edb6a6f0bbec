// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/celery/celery.hpp>
#include <qsnap/frameworks/celery/ids.hpp>
#include <qsnap/frameworks/celery/message.hpp>
#include <qsnap/frameworks/celery/result.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks {

namespace celery {

namespace {

using layout::Found;
using layout::Holds;
using layout::KeyPattern;
using layout::Layout;
using layout::Next;
using layout::StateSpec;
using model::KeyId;
using model::Keyspace;
using model::LoadStage;
using model::RedisType;

constexpr std::string_view k_binding = "_kombu.binding.";
constexpr std::string_view k_unacked = "unacked";
constexpr std::string_view k_index = "unacked_index";
constexpr std::string_view k_result = "celery-task-meta-";
constexpr std::string_view k_separator = "\x06\x16";  // kombu's, between a queue's name and a priority

constexpr std::array<ResultState, 7> k_result_states = {{{"success", "SUCCESS"},
                                                         {"failure", "FAILURE"},
                                                         {"retry", "RETRY"},
                                                         {"started", "STARTED"},
                                                         {"revoked", "REVOKED"},
                                                         {"rejected", "REJECTED"},
                                                         {"ignored", "IGNORED"}}};

StateSpec waiting(std::string_view pattern) {
  StateSpec state;
  state.name = "waiting";
  state.key = KeyPattern{pattern};
  state.next = Next::right;
  state.accepts = looks_like_message;
  state.format = make_message_format();
  return state;
}

/// What workers took and did not acknowledge: running tasks, those they fetched ahead, and those whose time has not
/// come. Redis does not tell the first two apart.
///
/// To give such a job back is what kombu does itself when `unacked_index` is older than the visibility timeout: out of
/// both keys, onto the right end of its queue's list. The list is that of its priority: of `priority_step` the largest
/// step (kombu's default: 0, 3, 6, 9) that is not above its `priority`; 0 is the list without a step. Its time is in
/// the message, so that whoever takes it waits for it again.
StateSpec delivered(std::string_view name) {
  StateSpec state;
  state.name = name;
  state.key = KeyPattern{k_unacked};
  state.type = RedisType::hash;
  state.queue_of = queue_of_delivery;
  state.state_of = [](std::string_view body) -> std::string_view { return has_eta(body) ? "scheduled" : "reserved"; };
  state.format = make_delivery_format();
  state.active = true;
  state.requeue_to = "waiting";
  state.requeued = [](model::Record& job) {
    constexpr std::int64_t k_step = 3;
    const std::int64_t priority = parse_integer(job.fields.find("priority").value_or("0")).value_or(0);
    if (const std::int64_t step = std::min<std::int64_t>(priority, 9) / k_step * k_step; step > 0) {
      job.fields.set("priority_step", fmt::format("{}", step));
    }
  };
  return state;
}

StateSpec own_key(std::string_view name, std::string_view pattern, RedisType type,
                  std::shared_ptr<const layout::JobFormat> format) {
  StateSpec state;
  state.name = name;
  state.key = KeyPattern{pattern};
  state.type = type;
  state.own_key = true;
  state.format = std::move(format);
  return state;
}

std::optional<std::string> queue_of_result(std::string_view body) {
  return peek_text(body, "queue");
}

std::vector<StateSpec> states() {
  std::vector<StateSpec> all = {waiting("<queue>"), waiting("<queue>\x06\x16<priority_step>"), delivered("reserved"),
                                delivered("scheduled")};
  for (const ResultState& result : k_result_states) {
    StateSpec state = own_key(result.state, "celery-task-meta-<id>", RedisType::string, make_result_format(result));
    state.accepts = [status = result.status](std::string_view first) { return has_status(first, status); };
    state.queue_of = queue_of_result;
    all.push_back(std::move(state));
  }
  all.push_back(own_key("result", "celery-task-meta-<id>", RedisType::string, make_other_result_format()));
  all.back().queue_of = queue_of_result;
  all.push_back(own_key("group", "celery-taskset-meta-<id>", RedisType::string, make_group_format()));
  all.push_back(own_key("chord", "celery-taskset-meta-<id>.s", RedisType::string, make_count_format()));
  all.push_back(own_key("chord-added", "celery-taskset-meta-<id>.t", RedisType::string, make_count_format()));
  for (const auto& [name, type] :
       {std::pair{"chord-returned", RedisType::zset}, {"chord-unordered", RedisType::list}}) {
    all.push_back(own_key(name, "celery-taskset-meta-<id>.j", type, make_returned_format(type)));
  }
  return all;
}

/// Bindings are how messages find queues: kombu gives nothing back to a queue that is bound nowhere. Those of remote
/// control and events, and their queues, are about processes that are gone.
std::vector<layout::KeepSpec> keeps() {
  return {{.key = KeyPattern{"_kombu.binding.<exchange>"}, .stage = LoadStage::structure},
          {.key = KeyPattern{"_kombu.binding.<exchange>.pidbox"}, .role = KeyRole::derived},
          {.key = KeyPattern{"_kombu.binding.celeryev"}, .role = KeyRole::derived},
          {.key = KeyPattern{"<worker>.celery.pidbox"}, .role = KeyRole::derived},
          {.key = KeyPattern{"celeryev.<worker>"}, .role = KeyRole::derived},
          {.key = KeyPattern{"unacked_mutex"}, .role = KeyRole::lock}};
}

/// What speaks for one namespace.
struct Signs {
  std::vector<std::string> evidence;
  std::set<std::string> versions;
};

/// Looks at every key whose name or type could be Celery's; at few of those that are many.
class Detector {
 public:
  explicit Detector(const Keyspace& keyspace) : m_keyspace(keyspace) {}

  Result<std::vector<Found>> run() {
    for (KeyId key = 0; key < m_keyspace.size(); ++key) {
      QSNAP_TRY(look_at_name(key));
    }
    for (KeyId key = 0; key < m_keyspace.size(); ++key) {
      if (m_keyspace.type(key) == RedisType::list) {
        QSNAP_TRY(look_at_list(key));
      }
    }
    std::vector<Found> all;
    for (auto& [name, signs] : m_signs) {
      const std::string version = signs.versions.empty() ? std::string{} : *signs.versions.rbegin();
      all.push_back({name, version, std::move(signs.evidence)});
    }
    return all;
  }

 private:
  /// What tells a namespace by what stands in front of its name.
  struct Sign {
    std::string_view name;  ///< or the part of it behind the namespace
    std::string_view words;
    bool (*fits)(std::string_view first_element);
  };

  static std::optional<Sign> sign_of(RedisType type) {
    switch (type) {
      case RedisType::set:
        return Sign{k_binding, "holds bindings of kombu",
                    [](std::string_view first) { return first.find(k_separator) != std::string_view::npos; }};
      case RedisType::hash:
        return Sign{k_unacked, "holds messages of kombu that workers took",
                    [](std::string_view first) { return queue_of_delivery(first).has_value(); }};
      case RedisType::string:
        return Sign{k_result, "holds the result of a task", [](std::string_view first) {
                      return layout::looks_like_json_with(first, {"status", "task_id"});
                    }};
      default:
        return std::nullopt;
    }
  }

  Result<void> look_at_name(KeyId key) {
    const RedisType type = m_keyspace.type(key);
    const auto sign = sign_of(type);
    const std::size_t at = sign ? m_keyspace.name(key).rfind(sign->name) : std::string_view::npos;
    if (at == std::string_view::npos) {
      return {};
    }
    const std::pair place{std::string{m_keyspace.name(key).substr(0, at)}, type};
    if (m_told.contains(place) || ++m_looks[place] > layout::k_sampled_keys) {
      return {};
    }
    QSNAP_ASSIGN(const auto first, layout::first_elements(m_keyspace, key, 1));
    if (!first.empty() && sign->fits(first.front())) {
      m_signs[place.first].evidence.push_back(
          fmt::format("{} {} {}", model::to_text(type), m_keyspace.name(key), sign->words));
      m_told.insert(place);
    }
    return {};
  }

  /// A list of tasks alone is of no namespace that anybody knows, unless one was found.
  Result<void> look_at_list(KeyId key) {
    const std::string_view name = m_keyspace.name(key);
    QSNAP_ASSIGN(const auto first, layout::first_elements(m_keyspace, key, 1));
    if (first.empty() || !looks_like_message(first.front())) {
      return {};
    }
    const std::string version = version_of_message(first.front());
    auto owner = m_signs.end();
    for (auto at = m_signs.begin(); at != m_signs.end(); ++at) {
      const bool longer = owner == m_signs.end() || at->first.size() >= owner->first.size();
      owner = name.starts_with(at->first) && longer ? at : owner;
    }
    if (owner == m_signs.end() && version.empty()) {
      return {};  // some message of kombu that is no task
    }
    Signs& signs = owner == m_signs.end() ? m_signs[std::string{}] : owner->second;
    if (!version.empty() && signs.versions.empty()) {
      signs.evidence.push_back(fmt::format("list {} holds JSON with headers.task and properties.delivery_tag", name));
    }
    if (!version.empty()) {
      signs.versions.insert(version);
    }
    return {};
  }

  const Keyspace& m_keyspace;
  std::map<std::string, Signs, std::less<>> m_signs;
  std::set<std::pair<std::string, RedisType>> m_told;
  std::map<std::pair<std::string, RedisType>, std::size_t> m_looks;
};

std::shared_ptr<const Layout> make_layout() {
  auto layout = std::make_shared<Layout>();
  layout->framework = "celery";
  layout->separator = "";  // global_keyprefix stands in front of names as it is
  layout->states = states();
  layout->sides = {{.key = KeyPattern{k_index}, .member = "delivered_at_s"}};
  layout->keeps = keeps();
  layout->is_generated = is_uuid;
  layout->find = [](const Keyspace& keyspace) { return Detector{keyspace}.run(); };
  return layout;
}

}  // namespace

}  // namespace celery

std::unique_ptr<Adapter> make_celery_adapter() {
  return layout::make_layout_adapter(celery::make_layout());
}

}  // namespace qsnap::frameworks
