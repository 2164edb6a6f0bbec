// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/layout/companion.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>
#include <qsnap/frameworks/layout/layout_reading.hpp>
#include <qsnap/frameworks/layout/namespace_image.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::Record;
using model::RecordSink;
using model::RedisType;
using model::Section;

Record schedule_record(const Layout& layout, const IndexedKey& indexed, const QueueImage* queue, std::string_view id,
                       std::string_view score) {
  Record record{Section::config, {}, {}};
  record.fields.set("kind", R"("schedule")");
  record.fields.set("queue", json_bytes(queue == nullptr ? std::string_view{} : std::string_view{queue->text}));
  record.fields.set("id", json_bytes(id));
  set_mark(layout.schedules[indexed.line.index].score_member, Weight::noise, score, record);
  return record;
}

class BodiesOfOthers final : public OtherJobs {
 public:
  explicit BodiesOfOthers(const NamespaceImage& image) : m_image(image) {}

  Result<std::optional<Job>> find(std::string_view queue, std::string_view id) const override {
    const auto body = m_image.bodies().find(queue, id);
    if (!body) {
      return std::optional<Job>{};
    }
    QSNAP_ASSIGN(auto items, m_image.bodies().read(*body));
    return std::optional{Job{m_image.queue_of(*body).text, std::move(items)}};
  }

 private:
  const NamespaceImage& m_image;
};

class LayoutReading final : public Reading {
 public:
  LayoutReading(std::shared_ptr<const Layout> layout, const Keyspace& keyspace, Found found)
      : m_layout(std::move(layout)),
        m_keyspace(keyspace),
        m_found(std::move(found)),
        m_prefix(key_prefix(*m_layout, m_found.name_space)) {}

  [[nodiscard]] model::FrameworkInfo info() const override {
    return {std::string{m_layout->framework}, m_found.name_space, m_found.version};
  }
  [[nodiscard]] std::vector<std::string> evidence() const override { return m_found.evidence; }
  Result<void> plan(KeyPlan& plan) override;
  Result<void> emit(Section section, const KeyPlan& plan, RecordSink& sink) override;

 private:
  /// One state of one queue, being emitted.
  struct Scene {
    const QueueImage& queue;
    std::string_view state;
    std::string queue_json;
    std::string state_json;
  };

  Result<void> prepare(const KeyPlan& plan);
  [[nodiscard]] bool can_expire(const IndexedKey& indexed) const;
  Result<void> plan_key(KeyPlan& plan, const IndexedKey& indexed);
  void model(KeyPlan& plan, KeyId key, KeyRole otherwise);
  /// REQUIRES: a key of the namespace
  [[nodiscard]] bool is_modelled(KeyId key) const { return m_modelled[key - m_image->index().first]; }
  void assign_queue(KeyPlan& plan, const IndexedKey& indexed) const;
  void plan_bodies(KeyPlan& plan);
  Result<void> plan_companions(KeyPlan& plan);
  Result<bool> plan_companion(KeyPlan& plan, const QueueImage& queue, const CompanionSpec& spec);

  Result<void> emit_schedules(RecordSink& sink) const;
  Result<void> emit_queues(RecordSink& sink);
  Result<void> add_values(const QueueImage& queue, Record& record) const;
  [[nodiscard]] bool shows_listed(std::size_t listed) const;
  [[nodiscard]] std::string counts(const QueueImage& queue) const;
  [[nodiscard]] std::string verbatim_states(const QueueImage& queue) const;

  Result<void> emit_jobs(RecordSink& sink);
  Result<void> emit_state(const Scene& scene, const std::vector<Place>& places, RecordSink& sink);
  Result<void> emit_orphans(const Scene& scene, RecordSink& sink);
  Result<Record> structure_job(const Scene& scene, const IndexedKey& indexed, std::string_view element,
                               std::string_view mark);
  Result<Record> own_key_job(const Scene& scene, const IndexedKey& indexed);
  [[nodiscard]] Record new_record(const Scene& scene, const IndexedKey* indexed) const;
  Result<void> add_body(const JobContext& job, std::optional<Bodies::Number> body, Record& record);
  Result<void> add_satellites(const JobContext& job, Record& record) const;
  void add_sides(const JobContext& job, Record& record) const;

  [[nodiscard]] const StateSpec& state_of(const IndexedKey& indexed) const {
    return m_layout->states[indexed.line.index];
  }
  [[nodiscard]] std::optional<KeyId> find_modelled(const std::string& name, RedisType type) const;

  std::shared_ptr<const Layout> m_layout;
  const Keyspace& m_keyspace;
  Found m_found;
  std::string m_prefix;
  std::optional<NamespaceImage> m_image;  ///< read when planning starts
  std::vector<bool> m_modelled;           ///< by key, from the namespace's first
  std::vector<bool> m_shown;              ///< bodies that a record has shown, by number
  std::map<std::string, std::vector<std::string_view>, std::less<>> m_kept_companions;  ///< by queue, names
};

/// What others own is the same whenever planning starts again.
Result<void> LayoutReading::prepare(const KeyPlan& plan) {
  if (!m_image) {
    const auto is_free = [&](KeyId key) { return m_layout->turn == Turn::usual || plan[key].owner == 0; };
    QSNAP_ASSIGN(NamespaceImage image,
                 NamespaceImage::read(*m_layout, m_keyspace, m_found.name_space, m_found.inner, is_free));
    m_image.emplace(std::move(image));
  }
  m_modelled.assign(m_image->index().end - m_image->index().first, false);
  return {};
}

Result<void> LayoutReading::plan(KeyPlan& plan) {
  QSNAP_TRY(prepare(plan));
  for (const IndexedKey& indexed : m_image->index().keys) {
    QSNAP_TRY(plan_key(plan, indexed));
    assign_queue(plan, indexed);
  }
  plan_bodies(plan);
  return plan_companions(plan);
}

/// Records have a place for the expiry of what belongs to one job alone.
bool LayoutReading::can_expire(const IndexedKey& indexed) const {
  return indexed.line.part == Part::satellite ||
         (indexed.line.part == Part::state && m_layout->states[indexed.line.index].own_key);
}

Result<void> LayoutReading::plan_key(KeyPlan& plan, const IndexedKey& indexed) {
  const std::size_t line = indexed.line.index;
  if (indexed.line.part == Part::keep) {
    const KeepSpec& spec = m_layout->keeps[line];
    QSNAP_ASSIGN(const KeyRole role, spec.role_of ? spec.role_of(m_keyspace, indexed.key) : spec.role);
    plan.keep(indexed.key, role);
  } else if (indexed.line.part == Part::companion) {
    plan.keep(indexed.key, m_layout->companions[line].role);  // until it is known to follow from jobs
  } else if (m_keyspace.expires_at(indexed.key) && !can_expire(indexed)) {
    plan.keep(indexed.key, KeyRole::data);
  } else {
    model(plan, indexed.key, indexed.line.part == Part::satellite ? m_layout->satellites[line]->role() : KeyRole::data);
  }
  return {};
}

void LayoutReading::model(KeyPlan& plan, KeyId key, KeyRole otherwise) {
  const bool may = plan.model(key);
  m_modelled[key - m_image->index().first] = may;
  if (!may) {
    plan.keep(key, otherwise);
  }
}

/// A key without a queue in its name belongs to the queue of the job that it is about.
void LayoutReading::assign_queue(KeyPlan& plan, const IndexedKey& indexed) const {
  const auto assign = [&](const QueueImage& queue) { plan.assign_queue(indexed.key, queue.text); };
  if (indexed.queue) {
    if (const QueueImage* const queue = m_image->find_queue(*indexed.queue)) {
      assign(*queue);
    }
  } else if (indexed.id) {
    if (const auto body = m_image->bodies().find({}, *indexed.id)) {
      assign(m_image->queue_of(*body));
    }
  }
}

void LayoutReading::plan_bodies(KeyPlan& plan) {
  for (const KeyId key : m_image->index().bodies) {
    model(plan, key, KeyRole::data);
    plan.assign_queue(key, m_image->queue_of(m_image->bodies().number(key)).text);
  }
}

Result<void> LayoutReading::plan_companions(KeyPlan& plan) {
  m_kept_companions.clear();
  for (const QueueImage& queue : m_image->queues()) {
    for (const CompanionSpec& spec : m_layout->companions) {
      if (!spec.fixed_queue.empty() && spec.fixed_queue != queue.name) {
        continue;
      }
      QSNAP_ASSIGN(const bool follows, plan_companion(plan, queue, spec));
      if (!follows) {
        m_kept_companions[queue.text].push_back(spec.name);
      }
    }
  }
  return {};
}

/// Whether the companion is made of the jobs' records. Then it is modelled, if there is one.
Result<bool> LayoutReading::plan_companion(KeyPlan& plan, const QueueImage& queue, const CompanionSpec& spec) {
  CompanionContent content;
  bool shown = true;
  if (const auto places = queue.states.find(spec.state); places != queue.states.end()) {
    for (const Place& place : places->second) {
      const IndexedKey& indexed = m_image->index().keys[place.indexed];
      content.add(place.jobs, indexed.other.value_or(std::string{}));
      shown = shown && is_modelled(indexed.key);
    }
  }
  Holes holes;
  holes.queue = queue.name;
  const auto key = m_keyspace.find(m_prefix + spec.key.fill(holes));
  if (!key) {
    return content.jobs == 0;
  }
  QSNAP_ASSIGN(const bool same, is_companion(spec, content, m_keyspace, *key));
  if (same && shown) {
    model(plan, *key, spec.role);
  }
  return same && shown && is_modelled(*key);
}

Result<void> LayoutReading::emit(Section section, const KeyPlan& /*plan*/, RecordSink& sink) {
  switch (section) {
    case Section::config:
      return emit_schedules(sink);
    case Section::queues:
      return emit_queues(sink);
    case Section::jobs:
      return emit_jobs(sink);
    default:
      return {};
  }
}

/// In the order of queues, then of the server.
Result<void> LayoutReading::emit_schedules(RecordSink& sink) const {
  for (const IndexedKey& indexed : m_image->index().keys) {
    if (indexed.line.part != Part::schedule || !is_modelled(indexed.key)) {
      continue;
    }
    const QueueImage* const queue = m_image->find_queue(indexed.queue.value_or(std::string{}));
    QSNAP_TRY(m_keyspace.read(indexed.key, Keyspace::Direction::forward, [&](const ItemBlock& items) -> Result<void> {
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        QSNAP_TRY(sink.take(schedule_record(*m_layout, indexed, queue, items[i], items[i + 1])));
      }
      return {};
    }));
  }
  return {};
}

std::string LayoutReading::counts(const QueueImage& queue) const {
  JsonWriter out;
  out.begin_object();
  bool orphans_told = queue.orphans.empty();
  const auto tell_orphans = [&] {
    out.key(k_orphan).integer(static_cast<std::int64_t>(queue.orphans.size()));
    orphans_told = true;
  };
  for (const auto& [state, places] : queue.states) {
    if (!orphans_told && state > k_orphan) {
      tell_orphans();
    }
    std::uint64_t jobs = 0;
    for (const Place& place : places) {
      jobs += place.jobs;
    }
    if (jobs > 0) {
      out.key(state).integer(static_cast<std::int64_t>(jobs));
    }
  }
  if (!orphans_told) {
    tell_orphans();
  }
  out.end_object();
  return out.take();
}

std::string LayoutReading::verbatim_states(const QueueImage& queue) const {
  std::string out;
  for (const auto& [state, places] : queue.states) {
    const bool verbatim = std::any_of(places.begin(), places.end(), [&](const Place& place) {
      return !is_modelled(m_image->index().keys[place.indexed].key);
    });
    if (verbatim) {
      out += (out.empty() ? "[" : ",") + json_string(state);
    }
  }
  if (const auto kept = m_kept_companions.find(queue.text); kept != m_kept_companions.end()) {
    for (const std::string_view name : kept->second) {
      out += (out.empty() ? "[" : ",") + json_string(name);
    }
  }
  return out.empty() ? out : out + ']';
}

/// Records may say who is in the set: then the rebuild makes the set of what they say.
bool LayoutReading::shows_listed(std::size_t listed) const {
  const auto key = m_keyspace.find(m_prefix + m_layout->listed[listed].key.fill({}));
  return !key || is_modelled(*key);
}

Result<void> LayoutReading::add_values(const QueueImage& queue, Record& record) const {
  for (const QueueValueSpec& value : m_layout->queue_values) {
    Holes holes;
    holes.queue = queue.name;
    const auto key = m_keyspace.find(m_prefix + value.key.fill(holes));
    if (key && !is_modelled(*key)) {
      continue;
    }
    if (!value.flag.empty()) {
      record.fields.set(value.flag, key ? "true" : "false");
    }
    if (key) {
      QSNAP_ASSIGN(const ItemBlock items, m_keyspace.read_all(*key));
      set_mark(value.member, Weight::noise, items.empty() ? std::string_view{} : items[0], record);
    }
  }
  return {};
}

Result<void> LayoutReading::emit_queues(RecordSink& sink) {
  for (const QueueImage& queue : m_image->queues()) {
    Record record{Section::queues, {}, {}};
    record.fields.set("queue", json_bytes(queue.text));
    record.fields.set("framework", json_string(m_layout->framework));
    record.fields.set("counts", counts(queue));
    for (std::size_t i = 0; i < m_layout->listed.size(); ++i) {
      if (shows_listed(i)) {
        record.fields.set(m_layout->listed[i].member, m_image->is_listed(i, queue.name) ? "true" : "false");
      }
    }
    QSNAP_TRY(add_values(queue, record));
    if (std::string states = verbatim_states(queue); !states.empty()) {
      record.fields.set("verbatim", std::move(states));
    }
    QSNAP_TRY(sink.take(std::move(record)));
  }
  return {};
}

Result<void> LayoutReading::emit_jobs(RecordSink& sink) {
  m_shown.assign(m_image->bodies().size(), false);
  for (const QueueImage& queue : m_image->queues()) {
    const auto scene = [&](std::string_view state) {
      return Scene{queue, state, json_bytes(queue.text), json_string(state)};
    };
    bool orphans_told = false;
    for (const auto& [state, places] : queue.states) {
      if (!orphans_told && state > k_orphan) {
        QSNAP_TRY(emit_orphans(scene(k_orphan), sink));
        orphans_told = true;
      }
      QSNAP_TRY(emit_state(scene(state), places, sink));
    }
    if (!orphans_told) {
      QSNAP_TRY(emit_orphans(scene(k_orphan), sink));
    }
  }
  return {};
}

Result<void> LayoutReading::emit_state(const Scene& scene, const std::vector<Place>& places, RecordSink& sink) {
  for (const Place& place : places) {
    const IndexedKey& indexed = m_image->index().keys[place.indexed];
    if (!is_modelled(indexed.key)) {
      continue;
    }
    if (state_of(indexed).own_key) {
      QSNAP_ASSIGN(Record record, own_key_job(scene, indexed));
      QSNAP_TRY(sink.take(std::move(record)));
      continue;
    }
    QSNAP_TRY(m_image->read_place(place, [&](std::string_view element, std::string_view mark) -> Result<void> {
      QSNAP_ASSIGN(Record record, structure_job(scene, indexed, element, mark));
      return sink.take(std::move(record));
    }));
  }
  return {};
}

Record LayoutReading::new_record(const Scene& scene, const IndexedKey* indexed) const {
  Record record{Section::jobs, {}, {}};
  record.fields.set("queue", scene.queue_json);
  record.fields.set("state", scene.state_json);
  if (indexed != nullptr && indexed->other) {
    const StateSpec& state = state_of(*indexed);
    set_mark(state.key.other_name(), other_weight(state), *indexed->other, record);
  }
  return record;
}

Result<Record> LayoutReading::structure_job(const Scene& scene, const IndexedKey& indexed, std::string_view element,
                                            std::string_view mark) {
  const StateSpec& state = state_of(indexed);
  Record record = new_record(scene, &indexed);
  if (state.type == RedisType::zset || state.type == RedisType::hash) {
    set_score(state, mark, record);
  }
  JobContext job{scene.queue.name, scene.state, {}};
  if (state.holds == Holds::jobs) {
    ItemBlock body;
    body.push(element);
    describe_body(state.format ? *state.format : *m_layout->format, RedisType::string, job, body, record);
    if (state.type == RedisType::hash) {
      add_sides({job.queue, job.state, mark}, record);
    }
    QSNAP_TRY(add_satellites(job, record));
    return record;
  }
  job.id = state.id_of ? state.id_of(element) : element;
  set_id(*m_layout, job.id, record);
  if (job.id != element) {
    record.volatiles.set("element", json_bytes(element));
  }
  add_sides(job, record);
  const std::string body_queue = std::string{job.queue}.append(state.body_suffix);
  QSNAP_TRY(add_body(job, m_image->bodies().find(body_queue, job.id), record));
  return record;
}

Result<Record> LayoutReading::own_key_job(const Scene& scene, const IndexedKey& indexed) {
  const StateSpec& state = state_of(indexed);
  Record record = new_record(scene, &indexed);
  const JobContext job{scene.queue.name, scene.state, indexed.id ? std::string_view{*indexed.id} : std::string_view{}};
  if (indexed.id) {
    set_id(*m_layout, job.id, record);
  }
  set_expiry(m_keyspace.expires_at(indexed.key), record);
  QSNAP_ASSIGN(const auto body, m_keyspace.read_shared(indexed.key));
  describe_body(state.format ? *state.format : *m_layout->format, state.type, job, *body, record);
  QSNAP_TRY(add_satellites(job, record));
  return record;
}

Result<void> LayoutReading::emit_orphans(const Scene& scene, RecordSink& sink) {
  for (const OrphanBody& orphan : scene.queue.orphans) {
    Record record = new_record(scene, nullptr);
    set_id(*m_layout, orphan.id, record);
    QSNAP_TRY(add_body({scene.queue.name, scene.state, orphan.id}, orphan.body, record));
    QSNAP_TRY(sink.take(std::move(record)));
  }
  return {};
}

Result<void> LayoutReading::add_body(const JobContext& job, std::optional<Bodies::Number> body, Record& record) {
  const auto say = [&](std::string_view what) { record.fields.set("body", json_string(what)); };
  if (!body) {
    say("missing");
    return {};
  }
  if (m_shown[*body]) {
    say("duplicate");
    return {};
  }
  m_shown[*body] = true;
  const KeyId key = m_image->bodies().key(*body);
  if (!is_modelled(key)) {
    say("verbatim");
    return {};
  }
  QSNAP_ASSIGN(const auto items, m_image->bodies().read(*body));
  const BodySpec& spec = *m_layout->body;
  if (!spec.field) {
    set_expiry(m_keyspace.expires_at(key), record);
  }
  describe_body(*m_layout->format, spec.field ? RedisType::string : spec.type, job, *items, record);
  QSNAP_TRY(add_satellites(job, record));
  return m_layout->complete ? m_layout->complete(BodiesOfOthers{*m_image}, record) : Result<void>{};
}

Result<void> LayoutReading::add_satellites(const JobContext& job, Record& record) const {
  for (const auto& satellite : m_layout->satellites) {
    const auto name = satellite->key(job, record);
    const auto key = name ? find_modelled(m_prefix + *name, satellite->type()) : std::nullopt;
    if (key) {
      QSNAP_ASSIGN(ItemBlock items, m_keyspace.read_all(*key));
      // What cannot be described does not come out equal, so the proof keeps the key verbatim.
      static_cast<void>(satellite->describe(job, {std::move(items), m_keyspace.expires_at(*key)}, record));
    }
  }
  return {};
}

void LayoutReading::add_sides(const JobContext& job, Record& record) const {
  for (std::size_t i = 0; i < m_layout->sides.size(); ++i) {
    const SideSpec& side = m_layout->sides[i];
    if (!side.state.empty() && side.state != job.state) {
      continue;
    }
    Holes holes;
    holes.queue = job.queue;
    const auto mark = m_image->side(i, job.queue, job.id);
    if (!mark || !find_modelled(m_prefix + side.key.fill(holes), side.type)) {
      continue;
    }
    if (side.type == RedisType::set) {
      record.volatiles.set(side.member, "true");
    } else {
      set_mark(side.member, Weight::noise, *mark, record);
    }
  }
}

std::optional<KeyId> LayoutReading::find_modelled(const std::string& name, RedisType type) const {
  const auto key = m_keyspace.find(name);
  return key && is_modelled(*key) && m_keyspace.type(*key) == type ? key : std::nullopt;
}

}  // namespace

std::unique_ptr<Reading> make_layout_reading(std::shared_ptr<const Layout> layout, const Keyspace& keyspace,
                                             Found found) {
  return std::make_unique<LayoutReading>(std::move(layout), keyspace, std::move(found));
}

}  // namespace qsnap::frameworks::layout
