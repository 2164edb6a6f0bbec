// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/bullmq/family.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/reading.hpp>
#include <qsnap/frameworks/bullmq/scheduler.hpp>
#include <qsnap/frameworks/bullmq/settings.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::Record;
using model::Section;

constexpr std::string_view k_body = "body";

std::optional<KeyRole> role_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::lock:
    case KeyKind::lease:
      return KeyRole::lock;
    case KeyKind::marker:
    case KeyKind::derived:
      return KeyRole::derived;
    default:
      return std::nullopt;
  }
}

std::string counts_json(const QueueImage& queue) {
  JsonWriter counts;
  counts.begin_object();
  for (const StateInfo& info : k_states) {
    if (const std::size_t jobs = queue.jobs(info.state).size(); jobs > 0) {
      counts.key(info.word).integer(static_cast<std::int64_t>(jobs));
    }
  }
  return counts.end_object().take();
}

}  // namespace

BullmqReading::BullmqReading(const model::Keyspace& keyspace, std::string prefix, std::vector<std::string> queues,
                             std::string version)
    : m_keyspace(keyspace), m_prefix(std::move(prefix)), m_names(std::move(queues)), m_version(std::move(version)) {}

model::FrameworkInfo BullmqReading::info() const {
  return {"bullmq", m_prefix, m_version};
}

std::vector<std::string> BullmqReading::evidence() const {
  std::vector<std::string> words;
  for (const std::string& name : m_names) {
    words.push_back(fmt::format("hash {}meta has the settings of a queue of BullMQ", queue_base(m_prefix, name)));
  }
  constexpr std::size_t k_enough = 3;
  words.resize(std::min(words.size(), k_enough));
  return words;
}

Result<void> BullmqReading::read_queues() {
  if (m_read) {
    return {};
  }
  for (const std::string& name : m_names) {
    QSNAP_ASSIGN(QueueImage queue, QueueImage::read(m_keyspace, m_prefix, name));
    m_queues.push_back(std::move(queue));
  }
  std::sort(m_queues.begin(), m_queues.end(), [](const auto& a, const auto& b) { return a.text() < b.text(); });
  m_read = true;
  return {};
}

Result<void> BullmqReading::plan(KeyPlan& plan) {
  QSNAP_TRY(read_queues());
  m_ours.assign(m_keyspace.size(), false);
  for (const QueueImage& queue : m_queues) {
    plan_queue(queue, plan);
  }
  return {};
}

void BullmqReading::plan_queue(const QueueImage& queue, KeyPlan& plan) {
  for (KeyId key = queue.first(); key < queue.last(); ++key) {
    if (queue.fits(key)) {
      m_ours[key] = plan.model(key);
    }
    if (!m_ours[key]) {
      plan.keep(key, role_of(queue.parts(key).kind).value_or(KeyRole::data));
    }
    plan.assign_queue(key, queue.text());
  }
}

bool BullmqReading::is_ours(KeyId key, const KeyPlan& plan) const {
  return m_ours[key] && plan[key].modelled;
}

Result<void> BullmqReading::emit(Section section, const KeyPlan& plan, model::RecordSink& sink) {
  for (const QueueImage& queue : m_queues) {
    if (section == Section::config) {
      QSNAP_TRY(emit_schedulers(queue, plan, sink));
    } else if (section == Section::queues) {
      QSNAP_TRY(emit_queue(queue, plan, sink));
    } else if (section == Section::jobs) {
      QSNAP_TRY(emit_jobs(queue, plan, sink));
    }
  }
  return {};
}

Result<void> BullmqReading::emit_schedulers(const QueueImage& queue, const KeyPlan& plan,
                                            model::RecordSink& sink) const {
  for (const Entry& scheduler : queue.schedulers()) {
    Record record{Section::config, {}, {}};
    record.fields.set("kind", R"("scheduler")");
    record.fields.set("queue", json_bytes(queue.text()));
    record.fields.set("id", json_bytes(queue.scheduler_id(scheduler)));
    describe_next_run(scheduler.score, record);
    if (scheduler.key == k_no_key) {
      record.fields.set(k_body, R"("missing")");
    } else {
      if (m_keyspace.type(scheduler.key) == model::RedisType::hash) {
        QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(scheduler.key));
        describe_scheduler(hash, record);
      }
      if (!is_ours(scheduler.key, plan)) {
        record.fields.set(k_body, R"("verbatim")");
      }
    }
    QSNAP_TRY(sink.take(std::move(record)));
  }
  return {};
}

std::vector<std::string_view> BullmqReading::verbatim_words(const QueueImage& queue, const KeyPlan& plan) const {
  std::vector<std::string_view> words;
  const auto check = [&](std::string_view suffix, std::string_view word) {
    const auto key = suffix.empty() ? std::nullopt : queue.find(suffix);
    if (key && !is_ours(*key, plan)) {
      words.push_back(word);
    }
  };
  for (const StateInfo& info : k_states) {
    check(info.suffix, info.word);
  }
  check("meta", "meta");
  check("repeat", "repeat");
  return words;
}

Result<void> BullmqReading::describe_settings(const QueueImage& queue, const KeyPlan& plan, Record& record) const {
  record.fields.set("paused", "false");
  if (const auto meta = queue.find("meta"); meta && queue.fits(*meta)) {
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(*meta));
    describe_meta(hash, record);
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> k_counters = {
      std::pair{"id", "id_counter"}, std::pair{"pc", "priority_counter"}};
  for (const auto& [suffix, member] : k_counters) {
    if (const auto counter = queue.find(suffix); counter && is_ours(*counter, plan)) {
      QSNAP_ASSIGN(const ItemBlock value, m_keyspace.read_all(*counter));
      record.volatiles.set(member, std::string{value[0]});
    }
  }
  return {};
}

Result<void> BullmqReading::emit_queue(const QueueImage& queue, const KeyPlan& plan, model::RecordSink& sink) const {
  Record record{Section::queues, {}, {}};
  record.fields.set("queue", json_bytes(queue.text()));
  record.fields.set("framework", R"("bullmq")");
  record.fields.set("counts", counts_json(queue));
  QSNAP_TRY(describe_settings(queue, plan, record));
  const auto words = verbatim_words(queue, plan);
  if (!words.empty()) {
    JsonWriter verbatim;
    verbatim.begin_array();
    for (const std::string_view word : words) {
      verbatim.bytes(word);
    }
    record.fields.set("verbatim", verbatim.end_array().take());
  }
  return sink.take(std::move(record));
}

Result<void> BullmqReading::emit_jobs(const QueueImage& queue, const KeyPlan& plan, model::RecordSink& sink) const {
  std::vector<bool> shown(queue.last() - queue.first());
  OptionsReader options;
  const std::string queue_json = json_bytes(queue.text());
  for (const StateInfo& info : k_states) {
    const std::string state_json = json_string(info.word);
    for (const Entry& job : queue.jobs(info.state)) {
      Record record{Section::jobs, {}, {}};
      record.fields.set("queue", queue_json);
      record.fields.set("state", state_json);
      const bool has_body = job.key != k_no_key && queue.is_body(job.key);
      if (has_body && !shown[job.key - queue.first()]) {
        QSNAP_TRY(describe_body(queue, job, plan, options, record));
        shown[job.key - queue.first()] = true;
      } else {
        QSNAP_TRY(describe_bodiless(queue, job, plan, record));
      }
      if (info.type == model::RedisType::zset) {
        describe_score(info.state, job.score, record);
      }
      QSNAP_TRY(sink.take(std::move(record)));
    }
  }
  return {};
}

/// A job whose body is not in this record: the id must move in time exactly if the body does.
Result<void> BullmqReading::describe_bodiless(const QueueImage& queue, const Entry& job, const KeyPlan& plan,
                                              Record& record) const {
  const std::string_view id = queue.job_id(job);
  if (job.key == k_no_key) {
    record.fields.set(k_body, R"("missing")");
    describe_id(id, record);
    return {};
  }
  if (!queue.is_body(job.key)) {
    record.fields.set(k_body, R"("verbatim")");
    describe_fixed_id(id, record);
    return {};
  }
  record.fields.set(k_body, R"("duplicate")");
  const auto scheduled = parse_scheduled_id(id);
  if (!scheduled || !is_ours(job.key, plan)) {
    describe_fixed_id(id, record);
    return {};
  }
  QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(job.key));
  find_field(hash, "rjk") == scheduled->scheduler ? describe_id(id, record) : describe_fixed_id(id, record);
  return {};
}

Result<void> BullmqReading::describe_body(const QueueImage& queue, const Entry& job, const KeyPlan& plan,
                                          OptionsReader& options, Record& record) const {
  QSNAP_ASSIGN(const auto hash, m_keyspace.read_shared(job.key));
  describe_job(m_prefix, queue.job_id(job), *hash, options, record);
  if (!is_ours(job.key, plan)) {
    record.fields.set(k_body, R"("verbatim")");
    describe_fixed_id(queue.job_id(job), record);
  }
  std::vector<FamilyKey> family;
  for (const FamilyKey& key : queue.family(job.key)) {
    if (is_ours(key.key, plan)) {
      family.push_back(key);
    }
  }
  return describe_family(m_keyspace, m_prefix, family, find_field(*hash, "parentKey"), record);
}

}  // namespace qsnap::frameworks::bullmq
