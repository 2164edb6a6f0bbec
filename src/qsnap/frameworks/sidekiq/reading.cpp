// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/frameworks/sidekiq/cron.hpp>
#include <qsnap/frameworks/sidekiq/job.hpp>
#include <qsnap/frameworks/sidekiq/queues.hpp>
#include <qsnap/frameworks/sidekiq/reading.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::Record;
using model::RecordSink;
using model::RedisType;
using model::Section;

std::string json_bool(bool value) {
  return value ? "true" : "false";
}

/// A set whose members are remembered as a flag in the records of what they name.
struct FlagSet {
  std::optional<KeyId> key;
  bool modelled = false;

  /// Records may say who is a member: then the rebuild makes the set of what they say.
  [[nodiscard]] bool shown() const { return !key || modelled; }
};

struct Cron {
  KeyId key = 0;
  std::string id;
  bool listed = false;
  bool modelled = false;
};

class SidekiqReading final : public Reading {
 public:
  SidekiqReading(const Keyspace& keyspace, Namespace found)
      : m_keyspace(keyspace), m_found(std::move(found)), m_prefix(key_prefix(m_found.name)) {}

  [[nodiscard]] model::FrameworkInfo info() const override {
    return {std::string{k_name}, m_found.name, m_found.version};
  }
  [[nodiscard]] std::vector<std::string> evidence() const override;
  Result<void> plan(KeyPlan& plan) override;
  Result<void> emit(Section section, const KeyPlan& plan, RecordSink& sink) override;

 private:
  Result<void> prepare();
  Result<void> find_crons();
  Result<void> read_cron_set();
  Cron* find_cron(std::string_view set_member);

  bool model(KeyPlan& plan, std::optional<KeyId> key) const;
  void plan_queues(KeyPlan& plan);
  void plan_crons(KeyPlan& plan);
  void plan_processes(KeyPlan& plan) const;
  void keep_derived(KeyPlan& plan, std::string_view name) const;
  void keep_all_derived(KeyPlan& plan, std::string_view name_prefix) const;

  Result<void> emit_crons(RecordSink& sink) const;
  Result<void> emit_queues(RecordSink& sink) const;
  Result<void> emit_jobs(RecordSink& sink);
  Result<void> emit_scored(std::size_t queue, std::size_t state, RecordSink& sink);
  Result<void> emit_waiting(std::size_t queue, RecordSink& sink) const;

  [[nodiscard]] std::string name_of(std::string_view key) const { return m_prefix + std::string{key}; }
  [[nodiscard]] std::optional<KeyId> find(std::string_view key, RedisType type) const;
  [[nodiscard]] std::string counts(std::size_t queue) const;
  [[nodiscard]] std::string verbatim_states(std::size_t queue) const;

  const Keyspace& m_keyspace;
  Namespace m_found;
  std::string m_prefix;
  std::optional<Queues> m_queues;  ///< read when planning starts
  FlagSet m_queue_set;
  FlagSet m_paused_set;
  FlagSet m_cron_set;
  bool m_cron_set_dangles = false;  ///< it names a schedule that has no hash
  std::vector<Cron> m_crons;        ///< sorted by id
  std::vector<bool> m_list_modelled;
  std::array<bool, k_scored_states.size()> m_scored_modelled{};
};

std::vector<std::string> SidekiqReading::evidence() const {
  if (m_found.lists.empty()) {
    return {fmt::format("{}, {} or the sorted sets hold jobs or processes of Sidekiq", name_of(k_queues_key),
                        name_of(k_processes_key))};
  }
  return {fmt::format("list {} or a sorted set holds JSON with class and jid", m_keyspace.name(m_found.lists.front()))};
}

std::optional<KeyId> SidekiqReading::find(std::string_view key, RedisType type) const {
  const auto found = m_keyspace.find(name_of(key));
  return found && m_keyspace.type(*found) == type ? found : std::nullopt;
}

Result<void> SidekiqReading::prepare() {
  if (m_queues) {
    return {};
  }
  m_queue_set.key = find(k_queues_key, RedisType::set);
  m_paused_set.key = find(k_paused_key, RedisType::set);
  m_cron_set.key = find(k_cron_set_key, RedisType::set);
  QSNAP_TRY(find_crons());
  QSNAP_TRY(read_cron_set());
  QSNAP_ASSIGN(Queues queues, Queues::read(m_keyspace, m_found));
  m_queues.emplace(std::move(queues));
  return {};
}

Result<void> SidekiqReading::find_crons() {
  const std::string prefix = name_of(k_cron_prefix);
  for (KeyId key = m_keyspace.lower_bound(prefix); key < m_keyspace.size(); ++key) {
    const std::string_view name = m_keyspace.name(key);
    if (!name.starts_with(prefix)) {
      break;
    }
    if (m_keyspace.type(key) != RedisType::hash) {
      continue;
    }
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(key));
    if (cron_record({}, {}, hash)) {
      m_crons.push_back({.key = key, .id = std::string{name.substr(prefix.size())}});
    }
  }
  return {};
}

Cron* SidekiqReading::find_cron(std::string_view set_member) {
  if (!set_member.starts_with(k_cron_prefix)) {
    return nullptr;
  }
  const std::string_view id = set_member.substr(k_cron_prefix.size());
  const auto at = std::lower_bound(m_crons.begin(), m_crons.end(), id,
                                   [](const Cron& cron, std::string_view wanted) { return cron.id < wanted; });
  return at == m_crons.end() || at->id != id ? nullptr : &*at;
}

Result<void> SidekiqReading::read_cron_set() {
  if (!m_cron_set.key) {
    return {};
  }
  return m_keyspace.read(*m_cron_set.key, Keyspace::Direction::forward, [&](const ItemBlock& members) -> Result<void> {
    for (std::size_t i = 0; i < members.size(); ++i) {
      Cron* const cron = find_cron(members[i]);
      m_cron_set_dangles = m_cron_set_dangles || cron == nullptr;
      if (cron != nullptr) {
        cron->listed = true;
      }
    }
    return {};
  });
}

Result<void> SidekiqReading::plan(KeyPlan& plan) {
  QSNAP_TRY(prepare());
  plan_queues(plan);
  plan_crons(plan);
  for (const std::string_view prefix : k_statistics_prefixes) {
    keep_all_derived(plan, prefix);
  }
  plan_processes(plan);
  return {};
}

/// Records have no place for an expiry, and Sidekiq gives none to what is modelled.
bool SidekiqReading::model(KeyPlan& plan, std::optional<KeyId> key) const {
  if (!key) {
    return false;
  }
  if (m_keyspace.expires_at(*key)) {
    plan.keep(*key, KeyRole::data);
    return false;
  }
  return plan.model(*key);
}

void SidekiqReading::plan_queues(KeyPlan& plan) {
  m_queue_set.modelled = model(plan, m_queue_set.key);
  m_paused_set.modelled = model(plan, m_paused_set.key);
  for (std::size_t state = 0; state < k_scored_states.size(); ++state) {
    m_scored_modelled.at(state) = model(plan, m_queues->scored(state));
  }
  m_list_modelled.clear();
  for (const Queue& queue : m_queues->all()) {
    m_list_modelled.push_back(model(plan, queue.list));
    if (queue.list) {
      plan.assign_queue(*queue.list, queue.text);
    }
  }
}

void SidekiqReading::plan_crons(KeyPlan& plan) {
  bool all_listed_modelled = !m_cron_set_dangles;
  for (Cron& cron : m_crons) {
    cron.modelled = model(plan, cron.key);
    all_listed_modelled = all_listed_modelled && (cron.modelled || !cron.listed);
    keep_derived(plan, fmt::format("{}{}{}", k_cron_prefix, cron.id, k_cron_history_suffix));
    keep_derived(plan, fmt::format("{}{}:jid_history", k_cron_prefix, cron.id));
  }
  m_cron_set.modelled = all_listed_modelled && model(plan, m_cron_set.key);
}

/// Heartbeats are told by their names: a process that died is no longer in the set, but its hash lives for a minute.
void SidekiqReading::plan_processes(KeyPlan& plan) const {
  keep_derived(plan, k_processes_key);
  for (KeyId key = m_keyspace.lower_bound(m_prefix); key < m_keyspace.size(); ++key) {
    const std::string_view name = m_keyspace.name(key);
    if (!name.starts_with(m_prefix)) {
      break;
    }
    if (is_process_key(name.substr(m_prefix.size()))) {
      plan.keep(key, KeyRole::derived);
    }
  }
}

void SidekiqReading::keep_derived(KeyPlan& plan, std::string_view name) const {
  if (const auto key = m_keyspace.find(name_of(name))) {
    plan.keep(*key, KeyRole::derived);
  }
}

void SidekiqReading::keep_all_derived(KeyPlan& plan, std::string_view name_prefix) const {
  const std::string prefix = name_of(name_prefix);
  for (KeyId key = m_keyspace.lower_bound(prefix); key < m_keyspace.size(); ++key) {
    if (!m_keyspace.name(key).starts_with(prefix)) {
      break;
    }
    plan.keep(key, KeyRole::derived);
  }
}

Result<void> SidekiqReading::emit(Section section, const KeyPlan& /*plan*/, RecordSink& sink) {
  switch (section) {
    case Section::config:
      return emit_crons(sink);
    case Section::queues:
      return emit_queues(sink);
    case Section::jobs:
      return emit_jobs(sink);
    default:
      return {};
  }
}

Result<void> SidekiqReading::emit_crons(RecordSink& sink) const {
  const std::string framework = owner_text(k_name, m_found.name);
  for (const Cron& cron : m_crons) {
    if (!cron.modelled) {
      continue;
    }
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(cron.key));
    auto record = cron_record(framework, cron.id, hash);
    if (!record) {
      return make_error(ErrorCode::internal, fmt::format("the schedule {} changed while it was read", cron.id));
    }
    if (m_cron_set.shown()) {
      record->fields.set("listed", json_bool(cron.listed));
    }
    QSNAP_TRY(sink.take(*std::move(record)));
  }
  return {};
}

/// {"dead":4,"waiting":2}: the states that have jobs, sorted.
std::string SidekiqReading::counts(std::size_t queue) const {
  JsonWriter out;
  out.begin_object();
  const auto add = [&](std::string_view state, std::uint64_t count) {
    if (count > 0) {
      out.key(state).integer(static_cast<std::int64_t>(count));
    }
  };
  for (std::size_t state = 0; state < k_scored_states.size(); ++state) {
    add(k_scored_states.at(state).state, m_queues->count(queue, state));
  }
  add(k_waiting, m_queues->all()[queue].waiting);
  out.end_object();
  return out.take();
}

/// The states of this queue's jobs that are not shown as jobs; empty if there are none.
std::string SidekiqReading::verbatim_states(std::size_t queue) const {
  std::string out;
  const auto add = [&](std::string_view state) { out += (out.empty() ? "[" : ",") + json_string(state); };
  for (std::size_t state = 0; state < k_scored_states.size(); ++state) {
    if (m_queues->count(queue, state) > 0 && !m_scored_modelled.at(state)) {
      add(k_scored_states.at(state).state);
    }
  }
  if (m_queues->all()[queue].list && !m_list_modelled[queue]) {
    add(k_waiting);
  }
  return out.empty() ? out : out + ']';
}

Result<void> SidekiqReading::emit_queues(RecordSink& sink) const {
  for (std::size_t i = 0; i < m_queues->all().size(); ++i) {
    const Queue& queue = m_queues->all()[i];
    Record record{Section::queues, {}, {}};
    record.fields.set("queue", json_bytes(queue.text));
    record.fields.set("framework", json_string(k_name));
    record.fields.set("counts", counts(i));
    if (m_queue_set.shown()) {
      record.fields.set("listed", json_bool(queue.listed));
    }
    if (m_paused_set.shown()) {
      record.fields.set("paused", json_bool(queue.paused));
    }
    if (std::string states = verbatim_states(i); !states.empty()) {
      record.fields.set("verbatim", std::move(states));
    }
    QSNAP_TRY(sink.take(std::move(record)));
  }
  return {};
}

Result<void> SidekiqReading::emit_jobs(RecordSink& sink) {
  for (std::size_t queue = 0; queue < m_queues->all().size(); ++queue) {
    for (std::size_t state = 0; state < k_scored_states.size(); ++state) {
      QSNAP_TRY(emit_scored(queue, state, sink));
    }
    QSNAP_TRY(emit_waiting(queue, sink));
  }
  return {};
}

Result<void> SidekiqReading::emit_scored(std::size_t queue, std::size_t state, RecordSink& sink) {
  if (!m_scored_modelled.at(state)) {
    return {};
  }
  const ScoredState& scored = k_scored_states.at(state);
  const Queue& owner = m_queues->all()[queue];
  const JobPlace place = job_place(owner.text, owner.name, scored.state);
  return m_queues->read_scored(queue, state, [&](const ItemBlock& jobs) -> Result<void> {
    for (std::size_t i = 0; i + 1 < jobs.size(); i += 2) {
      Record record = job_record(place, jobs[i]);
      set_score(record, scored.score_member, jobs[i + 1]);
      QSNAP_TRY(sink.take(std::move(record)));
    }
    return {};
  });
}

/// The right end runs next, so it is position 0.
Result<void> SidekiqReading::emit_waiting(std::size_t queue, RecordSink& sink) const {
  const Queue& owner = m_queues->all()[queue];
  if (!owner.list || !m_list_modelled[queue]) {
    return {};
  }
  const JobPlace place = job_place(owner.text, owner.name, k_waiting);
  return m_keyspace.read(*owner.list, Keyspace::Direction::backward, [&](const ItemBlock& jobs) -> Result<void> {
    for (std::size_t i = jobs.size(); i > 0; --i) {
      QSNAP_TRY(sink.take(job_record(place, jobs[i - 1])));
    }
    return {};
  });
}

}  // namespace

std::unique_ptr<Reading> make_reading(const Keyspace& keyspace, Namespace found) {
  return std::make_unique<SidekiqReading>(keyspace, std::move(found));
}

}  // namespace qsnap::frameworks::sidekiq
