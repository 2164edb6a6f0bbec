// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/layout/companion.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>
#include <qsnap/frameworks/layout/key_index.hpp>
#include <qsnap/frameworks/layout/layout_policy.hpp>
#include <qsnap/frameworks/layout/layout_rebuild.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::KeySink;
using model::KeyWrite;
using model::LoadStage;
using model::Record;
using model::RedisType;
using model::Section;

/// The member of a queue's record that says which id was given last.
constexpr std::string_view k_id_counter = "id_counter";

Result<std::string> queue_name(const Record& record) {
  QSNAP_ASSIGN(const std::string text, need_text(record, "queue"));
  auto id = model::QueueId::parse(text);
  if (!id) {
    return make_error(ErrorCode::corrupt, fmt::format("'{}' is no id of a queue", text));
  }
  return std::move(id->name);
}

/// Elements of one key that wait to be written together.
struct Pending {
  std::string key;
  RedisType type = RedisType::list;
  LoadStage stage = LoadStage::structure;
  KeyWrite::ListEnd end = KeyWrite::ListEnd::right;
  ItemBlock items;
  KeyWrite::Existing existing = KeyWrite::Existing::by_stage;

  Result<void> flush(KeySink& sink) {
    if (items.empty()) {
      return {};
    }
    QSNAP_TRY(sink.write({.stage = stage,
                          .key = key,
                          .type = type,
                          .expires_at = {},
                          .items = &items,
                          .end = end,
                          .existing = existing}));
    items.clear();
    return {};
  }
};

/// Writes to several keys, gathered by key. Of neighbours in a document, few keys are being written at a time.
class Writes {
 public:
  Result<void> add(Pending&& empty, std::string_view first, std::optional<std::string_view> second, KeySink& sink) {
    Pending& pending = m_pending.try_emplace(empty.key, std::move(empty)).first->second;
    pending.items.push(first);
    if (second) {
      pending.items.push(*second);
    }
    return pending.items.bytes() < limits::k_key_part_bytes ? Result<void>{} : pending.flush(sink);
  }
  Result<void> flush(KeySink& sink) {
    for (auto& [key, pending] : m_pending) {
      QSNAP_TRY(pending.flush(sink));
    }
    m_pending.clear();
    return {};
  }

 private:
  std::map<std::string, Pending> m_pending;
};

class LayoutRebuild final : public Rebuild {
 public:
  LayoutRebuild(std::shared_ptr<const Layout> layout, std::string_view name_space)
      : m_layout(std::move(layout)), m_prefix(key_prefix(*m_layout, name_space)), m_lines(*m_layout) {}

  Result<void> add(const Record& record, KeySink& sink) override;
  Result<void> finish(KeySink& sink) override;
  [[nodiscard]] std::optional<LoadStage> stage(std::string_view key) const override;
  [[nodiscard]] KeyTopic topic(std::string_view key) const override;

  [[nodiscard]] bool is_active(std::string_view state) const override { return m_policy.is_active(state); }
  Result<void> follow(const LoadPolicy& policy, Record& record) override { return m_policy.follow(policy, record); }
  [[nodiscard]] bool can_pause() const override { return m_policy.can_pause(); }

  [[nodiscard]] std::string_view merge_obstacle(const Record& job) const override {
    return m_layout->merge_obstacle ? m_layout->merge_obstacle(job) : std::string_view{};
  }
  [[nodiscard]] Counters counters(std::string_view queue) const override;
  Result<void> fit_queue(const Record& target_queue, Record& job) const override {
    return m_policy.fit_queue(target_queue, job);
  }

 private:
  Result<void> add_schedule(const Record& record, KeySink& sink);
  Result<void> add_queue(const Record& record, KeySink& sink);
  Result<void> add_job(const Record& record, KeySink& sink);
  Result<void> enter(const Record& record, KeySink& sink);
  /// The line of the layout that a job of the scene is of; null for orphans.
  Result<const StateSpec*> state_of(const Record& record) const;
  Result<void> add_structure_job(const StateSpec& state, const Record& record, KeySink& sink);
  Result<void> add_own_key_job(const StateSpec& state, const Record& record, KeySink& sink);
  Result<void> add_element(const StateSpec& state, const Record& record, std::string_view element, KeySink& sink);
  Result<void> add_id_job(const JobContext& job, std::string_view body_queue, const Record& record, KeySink& sink);
  Result<void> write_body(const JobContext& job, std::string_view body_queue, const Record& record, KeySink& sink);
  Result<void> write_sides(const JobContext& job, const Record& record, KeySink& sink);
  Result<void> write_satellites(const JobContext& job, const Record& record, KeySink& sink) const;
  Result<std::string> key_of(const StateSpec& state, const Record& record, std::string_view id) const;
  [[nodiscard]] JobContext context(std::string_view id) const { return {m_queue, m_state, id}; }

  std::shared_ptr<const Layout> m_layout;
  std::string m_prefix;
  LineFinder m_lines;

  // The queue and state of the last job, as its record has them, and as they are.
  std::string m_queue_json;
  std::string m_state_json;
  std::string m_queue;
  std::string m_state;

  LayoutPolicy m_policy{m_layout};
  Writes m_writes;  ///< of the scene
  CompanionWriter m_companions{*m_layout};
  std::vector<std::set<std::string>> m_listed{m_layout->listed.size()};
};

Result<void> LayoutRebuild::add(const Record& record, KeySink& sink) {
  switch (record.section) {
    case Section::config:
      return add_schedule(record, sink);
    case Section::queues:
      return add_queue(record, sink);
    case Section::jobs:
      return add_job(record, sink);
    default:
      return {};
  }
}

/// A layout has one zset of schedules for a queue, if any.
Result<void> LayoutRebuild::add_schedule(const Record& record, KeySink& sink) {
  if (m_layout->schedules.empty()) {
    return make_error(ErrorCode::corrupt, fmt::format("{} keeps no schedules", m_layout->framework));
  }
  const ScheduleSpec& schedule = m_layout->schedules.front();
  QSNAP_ASSIGN(const std::string name, queue_name(record));
  QSNAP_ASSIGN(const std::string id, need_text(record, "id"));
  QSNAP_ASSIGN(const auto score, get_mark(schedule.score_member, Weight::noise, record));
  if (!score) {
    return make_error(ErrorCode::corrupt, fmt::format("the schedule {} has no {}", id, schedule.score_member));
  }
  Holes holes;
  holes.queue = name;
  return m_writes.add({.key = m_prefix + schedule.key.fill(holes), .type = RedisType::zset, .end = {}, .items = {}}, id,
                      *score, sink);
}

Result<void> LayoutRebuild::add_queue(const Record& record, KeySink& sink) {
  QSNAP_ASSIGN(const std::string name, queue_name(record));
  QSNAP_TRY(m_companions.add_queue(name, record));
  for (std::size_t i = 0; i < m_layout->listed.size(); ++i) {
    if (record.fields.find(m_layout->listed[i].member) == "true") {
      m_listed[i].insert(std::string{m_layout->listed[i].element_prefix} + name);
    }
  }
  for (const QueueValueSpec& value : m_layout->queue_values) {
    QSNAP_ASSIGN(const auto text, get_mark(value.member, Weight::noise, record));
    if (!text) {
      continue;
    }
    Holes holes;
    holes.queue = name;
    const std::string key = m_prefix + value.key.fill(holes);
    ItemBlock items;
    items.push(*text);
    QSNAP_TRY(
        sink.write({.stage = value.stage, .key = key, .type = RedisType::string, .expires_at = {}, .items = &items}));
  }
  return {};
}

Result<void> LayoutRebuild::enter(const Record& record, KeySink& sink) {
  const auto queue_json = record.fields.find("queue"), state_json = record.fields.find("state");
  if (queue_json == m_queue_json && state_json == m_state_json) {
    return {};
  }
  QSNAP_TRY(m_writes.flush(sink));
  QSNAP_ASSIGN(m_queue, queue_name(record));
  QSNAP_ASSIGN(m_state, need_text(record, "state"));
  m_queue_json = *queue_json;
  m_state_json = *state_json;
  return {};
}

/// Lines of one state differ in what their keys' names hold, or in the queue that they are for.
Result<const StateSpec*> LayoutRebuild::state_of(const Record& record) const {
  if (m_state == k_orphan && m_layout->body) {
    return nullptr;
  }
  for (const StateSpec& state : m_layout->states) {
    if (state.name != m_state) {
      continue;
    }
    const std::string_view other = state.key.other_name();
    const auto& members = other_weight(state) == Weight::meaning ? record.fields : record.volatiles;
    const bool same_other = std::all_of(m_layout->states.begin(), m_layout->states.end(), [&](const StateSpec& each) {
      // Whoever of the same state has a hole that the record fills in is the better one.
      const std::string_view name = each.key.other_name();
      return each.name != m_state || name.empty() || name == other ||
             !(other_weight(each) == Weight::meaning ? record.fields : record.volatiles).contains(name);
    });
    const bool fills = other.empty() || members.contains(other);
    const bool of_several = state.queue_of || state.queue_of_body;
    const bool for_queue = state.key.has_queue() || of_several || state.fixed_queue == m_queue;
    if (same_other && fills && for_queue) {
      return &state;
    }
  }
  return make_error(ErrorCode::corrupt,
                    fmt::format("{} has no state '{}' for such a job", m_layout->framework, m_state));
}

Result<std::string> LayoutRebuild::key_of(const StateSpec& state, const Record& record, std::string_view id) const {
  Holes holes;
  holes.queue = m_queue;
  holes.id = id;
  std::optional<std::string> other;
  if (const std::string_view name = state.key.other_name(); !name.empty()) {
    QSNAP_ASSIGN(other, get_mark(name, other_weight(state), record));
    holes.other = other;
  }
  return m_prefix + state.key.fill(holes);
}

Result<void> LayoutRebuild::add_job(const Record& record, KeySink& sink) {
  QSNAP_TRY(enter(record, sink));
  QSNAP_ASSIGN(const StateSpec* const state, state_of(record));
  if (state == nullptr) {
    QSNAP_ASSIGN(const std::string id, get_id(record));
    return add_id_job(context(id), m_queue, record, sink);
  }
  return state->own_key ? add_own_key_job(*state, record, sink) : add_structure_job(*state, record, sink);
}

Result<void> LayoutRebuild::add_structure_job(const StateSpec& state, const Record& record, KeySink& sink) {
  if (state.holds == Holds::ids) {
    QSNAP_ASSIGN(const std::string id, get_id(record));
    std::optional<std::string> element;
    if (state.id_of) {  // a job that was moved here has no use for the element of where it was
      QSNAP_ASSIGN(element, get_mark("element", Weight::noise, record));
    }
    QSNAP_TRY(add_element(state, record, element.value_or(id), sink));
    return add_id_job(context(id), m_queue + std::string{state.body_suffix}, record, sink);
  }
  if (record.fields.contains("body")) {  // says that the record rebuilds nothing
    return {};
  }
  const JobFormat& format = state.format ? *state.format : *m_layout->format;
  QSNAP_ASSIGN(const ItemBlock body, body_of(format, RedisType::string, context({}), record));
  if (body.size() != 1) {
    return make_error(ErrorCode::corrupt, "a job that is one element has not one");
  }
  QSNAP_TRY(add_element(state, record, body[0], sink));
  if (state.type == RedisType::hash) {
    QSNAP_ASSIGN(const auto field, get_score(state, record));
    QSNAP_TRY(write_sides(context(field.value_or(std::string{})), record, sink));
  }
  return write_satellites(context({}), record, sink);
}

Result<void> LayoutRebuild::add_element(const StateSpec& state, const Record& record, std::string_view element,
                                        KeySink& sink) {
  QSNAP_ASSIGN(std::string key, key_of(state, record, {}));
  m_companions.add_job(m_queue, state, record);
  Pending pending{.key = std::move(key), .type = state.type, .stage = LoadStage::structure, .end = {}, .items = {}};
  // The first job of a document runs next.
  pending.end = state.next == Next::left ? KeyWrite::ListEnd::right : KeyWrite::ListEnd::left;
  if (state.type != RedisType::zset && state.type != RedisType::hash) {
    return m_writes.add(std::move(pending), element, {}, sink);
  }
  QSNAP_ASSIGN(const auto mark, get_score(state, record));
  if (!mark) {
    return make_error(ErrorCode::corrupt, fmt::format("a job of {} has no {}", m_state, score_member(state)));
  }
  if (state.type == RedisType::hash) {
    return m_writes.add(std::move(pending), *mark, element, sink);
  }
  return m_writes.add(std::move(pending), element, *mark, sink);
}

Result<void> LayoutRebuild::add_own_key_job(const StateSpec& state, const Record& record, KeySink& sink) {
  if (record.fields.contains("body")) {
    return {};
  }
  std::string id;
  if (state.key.has_id()) {
    QSNAP_ASSIGN(id, get_id(record));
  }
  QSNAP_ASSIGN(const std::string key, key_of(state, record, id));
  QSNAP_ASSIGN(const auto expires_at, get_expiry(record));
  const JobFormat& format = state.format ? *state.format : *m_layout->format;
  QSNAP_ASSIGN(const ItemBlock body, body_of(format, state.type, context(id), record));
  QSNAP_TRY(
      sink.write({.stage = LoadStage::body, .key = key, .type = state.type, .expires_at = expires_at, .items = &body}));
  return write_satellites(context(id), record, sink);
}

Result<void> LayoutRebuild::add_id_job(const JobContext& job, std::string_view body_queue, const Record& record,
                                       KeySink& sink) {
  QSNAP_TRY(write_sides(job, record, sink));
  if (record.fields.contains("body")) {
    return {};
  }
  QSNAP_TRY(write_body(job, body_queue, record, sink));
  return write_satellites(job, record, sink);
}

Result<void> LayoutRebuild::write_body(const JobContext& job, std::string_view body_queue, const Record& record,
                                       KeySink& sink) {
  const BodySpec& spec = *m_layout->body;
  Holes holes;
  holes.queue = body_queue;
  holes.id = job.id;
  std::string key = m_prefix + spec.key.fill(holes);
  QSNAP_ASSIGN(const ItemBlock body,
               body_of(*m_layout->format, spec.field ? RedisType::string : spec.type, job, record));
  if (!spec.field) {
    QSNAP_ASSIGN(const auto expires_at, get_expiry(record));
    return sink.write(
        {.stage = LoadStage::body, .key = key, .type = spec.type, .expires_at = expires_at, .items = &body});
  }
  if (body.size() != 1) {
    return make_error(ErrorCode::corrupt, "a job that is one field has not one value");
  }
  Pending pending{.key = std::move(key), .type = RedisType::hash, .stage = LoadStage::body, .end = {}, .items = {}};
  pending.existing = KeyWrite::Existing::add;  // one hash has the bodies of all jobs
  return m_writes.add(std::move(pending), job.id, body[0], sink);
}

Result<void> LayoutRebuild::write_sides(const JobContext& job, const Record& record, KeySink& sink) {
  for (const SideSpec& side : m_layout->sides) {
    if (!side.state.empty() && side.state != m_state) {
      continue;
    }
    const bool set = side.type == RedisType::set;
    std::optional<std::string> mark;
    if (!set) {
      QSNAP_ASSIGN(mark, get_mark(side.member, Weight::noise, record));
    }
    if (set ? record.volatiles.find(side.member) != "true" : !mark) {
      continue;
    }
    Holes holes;
    holes.queue = job.queue;
    Pending pending{
        .key = m_prefix + side.key.fill(holes), .type = side.type, .stage = side.stage, .end = {}, .items = {}};
    QSNAP_TRY(
        m_writes.add(std::move(pending), job.id, set ? std::nullopt : std::optional<std::string_view>{*mark}, sink));
  }
  return {};
}

Result<void> LayoutRebuild::write_satellites(const JobContext& job, const Record& record, KeySink& sink) const {
  for (const auto& satellite : m_layout->satellites) {
    const auto name = satellite->key(job, record);
    if (!name) {
      continue;
    }
    QSNAP_ASSIGN(const auto value, satellite->value(job, record));
    if (value) {
      const std::string key = m_prefix + *name;
      QSNAP_TRY(sink.write({.stage = satellite->stage(),
                            .key = key,
                            .type = satellite->type(),
                            .expires_at = value->expires_at,
                            .items = &value->items}));
    }
  }
  return {};
}

Result<void> LayoutRebuild::finish(KeySink& sink) {
  QSNAP_TRY(m_writes.flush(sink));
  QSNAP_TRY(m_companions.finish(m_prefix, sink));
  for (std::size_t i = 0; i < m_listed.size(); ++i) {
    const ListedSpec& listed = m_layout->listed[i];
    Pending pending{
        .key = m_prefix + listed.key.fill({}), .type = RedisType::set, .stage = listed.stage, .end = {}, .items = {}};
    for (const std::string& element : m_listed[i]) {
      QSNAP_TRY(m_writes.add(Pending{pending}, element, {}, sink));
    }
    QSNAP_TRY(m_writes.flush(sink));
    m_listed[i].clear();
  }
  return {};
}

Counters LayoutRebuild::counters(std::string_view queue) const {
  for (const QueueValueSpec& value : m_layout->queue_values) {
    if (value.member == k_id_counter) {
      Holes holes;
      holes.queue = queue;
      return {m_prefix + value.key.fill(holes), {}};
    }
  }
  return {};
}

std::optional<LoadStage> LayoutRebuild::stage(std::string_view key) const {
  if (!key.starts_with(m_prefix)) {
    return std::nullopt;
  }
  for (const auto& match : m_lines.find(key.substr(m_prefix.size()), {})) {
    const std::size_t line = match.line.index;
    switch (match.line.part) {
      case Part::state:
        // A pattern that is nothing but a hole fits whatever there is.
        if (m_layout->states[line].key.literal_bytes() > 0) {
          return m_layout->states[line].own_key ? LoadStage::body : LoadStage::structure;
        }
        break;
      case Part::body:
        return LoadStage::body;
      case Part::satellite:
        return m_layout->satellites[line]->stage();
      case Part::side:
        return m_layout->sides[line].stage;
      case Part::listed:
        return m_layout->listed[line].stage;
      case Part::queue_value:
        return m_layout->queue_values[line].stage;
      case Part::schedule:
        return LoadStage::structure;
      case Part::companion:
        return m_layout->companions[line].stage;
      case Part::keep:
        if (m_layout->keeps[line].stage) {
          return m_layout->keeps[line].stage;
        }
        break;
    }
  }
  return std::nullopt;
}

KeyTopic LayoutRebuild::topic(std::string_view key) const {
  KeyTopic topic;
  if (!key.starts_with(m_prefix)) {
    return topic;
  }
  for (const auto& match : m_lines.find(key.substr(m_prefix.size()), {})) {
    std::string_view fixed_queue;
    if (match.line.part == Part::state) {
      fixed_queue = m_layout->states[match.line.index].fixed_queue;
    } else if (match.line.part == Part::companion) {
      fixed_queue = m_layout->companions[match.line.index].fixed_queue;
    }
    if (match.holes.queue || !fixed_queue.empty()) {
      topic.queue = std::string{match.holes.queue.value_or(fixed_queue)};
    }
    if (match.holes.id) {
      topic.id = std::string{*match.holes.id};
    }
    if (topic.queue || topic.id) {
      break;
    }
  }
  return topic;
}

}  // namespace

std::unique_ptr<Rebuild> make_layout_rebuild(std::shared_ptr<const Layout> layout, std::string_view name_space) {
  return std::make_unique<LayoutRebuild>(std::move(layout), name_space);
}

}  // namespace qsnap::frameworks::layout
