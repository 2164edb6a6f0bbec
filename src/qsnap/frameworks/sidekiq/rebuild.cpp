// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/sidekiq/busy.hpp>
#include <qsnap/frameworks/sidekiq/cron.hpp>
#include <qsnap/frameworks/sidekiq/job.hpp>
#include <qsnap/frameworks/sidekiq/layout.hpp>
#include <qsnap/frameworks/sidekiq/rebuild.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

using model::ItemBlock;
using model::KeySink;
using model::KeyWrite;
using model::LoadStage;
using model::Record;
using model::RedisType;
using model::Section;

/// Which structure the jobs of a queue and state belong to.
struct Structure {
  std::string queue_json;
  std::string state_json;
  std::string queue_name;
  std::string key;
  const ScoredState* scored = nullptr;  ///< null: the queue's list
};

class SidekiqRebuild final : public Rebuild {
 public:
  explicit SidekiqRebuild(std::string_view name_space) : m_prefix(key_prefix(name_space)) {}

  Result<void> add(const Record& record, KeySink& sink) override;
  Result<void> finish(KeySink& sink) override;
  [[nodiscard]] std::optional<LoadStage> stage(std::string_view key) const override;
  [[nodiscard]] KeyTopic topic(std::string_view key) const override;

  Result<KeyFate> follow_key(const LoadPolicy& policy, const VerbatimPart& part) override;
  [[nodiscard]] HeldJobs held_jobs() const override;

 private:
  Result<void> add_cron(const Record& record, KeySink& sink);
  Result<void> add_queue(const Record& record);
  Result<void> add_job(const Record& record, KeySink& sink);
  Result<void> enter_structure(const Record& record, KeySink& sink);
  Result<void> flush_jobs(KeySink& sink);
  Result<void> write_busy_jobs(KeySink& sink);
  Result<void> write_set(LoadStage stage, std::string_view key, std::vector<std::string> members, KeySink& sink) const;

  std::string m_prefix;
  Structure m_structure;  ///< of the last job
  ItemBlock m_jobs;       ///< of m_structure, not written yet
  std::vector<std::string> m_listed_queues;
  std::vector<std::string> m_paused_queues;
  std::vector<std::string> m_listed_crons;
  std::vector<BusyJob> m_busy;  ///< to be put back
  std::uint64_t m_lost = 0;     ///< busy ones that are not
};

Result<std::string> text_member(const Record& record, std::string_view name) {
  const auto json = record.fields.find(name);
  auto bytes = json ? codec::json_to_bytes(*json) : std::nullopt;
  if (!bytes) {
    return make_error(ErrorCode::corrupt, fmt::format("a record of sidekiq has no text in its member {}", name));
  }
  return *std::move(bytes);
}

Result<std::string> queue_name(const Record& record) {
  QSNAP_ASSIGN(const std::string text, text_member(record, "queue"));
  auto id = model::QueueId::parse(text);
  if (!id) {
    return make_error(ErrorCode::corrupt, fmt::format("'{}' is no id of a sidekiq queue", text));
  }
  return std::move(id->name);
}

bool is_true(const Record& record, std::string_view member) {
  return record.fields.find(member) == "true";
}

Result<void> SidekiqRebuild::add(const Record& record, KeySink& sink) {
  switch (record.section) {
    case Section::config:
      return add_cron(record, sink);
    case Section::queues:
      return add_queue(record);
    case Section::jobs:
      return add_job(record, sink);
    default:
      return {};
  }
}

Result<void> SidekiqRebuild::add_cron(const Record& record, KeySink& sink) {
  QSNAP_ASSIGN(const std::string id, text_member(record, "id"));
  QSNAP_ASSIGN(const ItemBlock hash, cron_hash(record));
  std::string key = std::string{k_cron_prefix} + id;
  if (is_true(record, "listed")) {
    m_listed_crons.push_back(key);
  }
  key.insert(0, m_prefix);
  return sink.write({.stage = LoadStage::body, .key = key, .type = RedisType::hash, .expires_at = {}, .items = &hash});
}

Result<void> SidekiqRebuild::add_queue(const Record& record) {
  QSNAP_ASSIGN(std::string name, queue_name(record));
  if (is_true(record, "paused")) {
    m_paused_queues.push_back(name);
  }
  if (is_true(record, "listed")) {
    m_listed_queues.push_back(std::move(name));
  }
  return {};
}

Result<void> SidekiqRebuild::add_job(const Record& record, KeySink& sink) {
  if (record.fields.contains("body")) {  // says that the record rebuilds nothing
    return {};
  }
  QSNAP_TRY(enter_structure(record, sink));
  QSNAP_ASSIGN(const std::string element, job_element(record, m_structure.queue_name));
  m_jobs.push(element);
  if (m_structure.scored != nullptr) {
    QSNAP_ASSIGN(const std::string score, get_score(record, m_structure.scored->score_member));
    m_jobs.push(score);
  }
  return m_jobs.bytes() < limits::k_key_part_bytes ? Result<void>{} : flush_jobs(sink);
}

Result<void> SidekiqRebuild::enter_structure(const Record& record, KeySink& sink) {
  const auto queue_json = record.fields.find("queue"), state_json = record.fields.find("state");
  if (queue_json == m_structure.queue_json && state_json == m_structure.state_json) {
    return {};
  }
  QSNAP_TRY(flush_jobs(sink));
  QSNAP_ASSIGN(const std::string state, text_member(record, "state"));
  Structure next;
  QSNAP_ASSIGN(next.queue_name, queue_name(record));
  const auto* const scored = std::find_if(k_scored_states.begin(), k_scored_states.end(),
                                          [&](const ScoredState& each) { return each.state == state; });
  if (scored != k_scored_states.end()) {
    next.scored = scored;
    next.key = m_prefix + std::string{scored->key};
  } else if (state == k_waiting) {
    next.key = m_prefix + std::string{k_list_prefix} + next.queue_name;
  } else {
    return make_error(ErrorCode::corrupt, fmt::format("sidekiq has no state '{}'", state));
  }
  next.queue_json = *queue_json;
  next.state_json = *state_json;
  m_structure = std::move(next);
  return {};
}

Result<void> SidekiqRebuild::flush_jobs(KeySink& sink) {
  if (m_jobs.empty()) {
    return {};
  }
  KeyWrite write{.stage = LoadStage::structure, .key = m_structure.key, .expires_at = {}, .items = &m_jobs};
  write.type = m_structure.scored != nullptr ? RedisType::zset : RedisType::list;
  write.end = KeyWrite::ListEnd::left;  // the first job of a document runs next, so it ends up rightmost
  QSNAP_TRY(sink.write(write));
  m_jobs.clear();
  return {};
}

Result<void> SidekiqRebuild::write_set(LoadStage stage, std::string_view key, std::vector<std::string> members,
                                       KeySink& sink) const {
  std::sort(members.begin(), members.end());
  ItemBlock items;
  const std::string name = m_prefix + std::string{key};
  const auto flush = [&]() -> Result<void> {
    if (items.empty()) {
      return {};
    }
    QSNAP_TRY(sink.write({.stage = stage, .key = name, .type = RedisType::set, .expires_at = {}, .items = &items}));
    items.clear();
    return {};
  };
  for (const std::string& member : members) {
    items.push(member);
    if (items.bytes() >= limits::k_key_part_bytes) {
      QSNAP_TRY(flush());
    }
  }
  return flush();
}

/// A process and its jobs: who loads a state has other processes. Sidekiq itself puts no such job back.
Result<KeyFate> SidekiqRebuild::follow_key(const LoadPolicy& policy, const VerbatimPart& part) {
  if (!part.key.starts_with(m_prefix)) {
    return KeyFate::written;
  }
  const std::string_view key = std::string_view{part.key}.substr(m_prefix.size());
  if (key != k_processes_key && !is_process_key(key)) {
    return KeyFate::written;
  }
  const bool requeue = policy.active == ActiveRule::requeue;
  if (!is_work_key(key) || part.type != RedisType::hash) {
    return requeue ? KeyFate::left_out : KeyFate::written;
  }
  auto busy = busy_jobs(part.items);
  if (!requeue || !busy) {
    m_lost += part.items.size() / 2;
    return KeyFate::written;
  }
  std::move(busy->begin(), busy->end(), std::back_inserter(m_busy));
  return KeyFate::left_out;
}

HeldJobs SidekiqRebuild::held_jobs() const {
  return {m_busy.size(), m_lost};
}

/// The one that was taken first runs first: each goes to the right end, so that one comes last.
Result<void> SidekiqRebuild::write_busy_jobs(KeySink& sink) {
  std::stable_sort(m_busy.begin(), m_busy.end(),
                   [](const BusyJob& a, const BusyJob& b) { return a.taken_at > b.taken_at; });
  for (BusyJob& job : m_busy) {
    const std::string key = m_prefix + std::string{k_list_prefix} + job.queue;
    ItemBlock items;
    items.push(job.element);
    QSNAP_TRY(sink.write(
        {.stage = LoadStage::structure, .key = key, .type = RedisType::list, .expires_at = {}, .items = &items}));
    m_listed_queues.push_back(std::move(job.queue));
  }
  m_busy.clear();
  return {};
}

Result<void> SidekiqRebuild::finish(KeySink& sink) {
  QSNAP_TRY(flush_jobs(sink));
  QSNAP_TRY(write_busy_jobs(sink));
  QSNAP_TRY(write_set(LoadStage::structure, k_cron_set_key, std::exchange(m_listed_crons, {}), sink));
  QSNAP_TRY(write_set(LoadStage::structure, k_queues_key, std::exchange(m_listed_queues, {}), sink));
  return write_set(LoadStage::pause, k_paused_key, std::exchange(m_paused_queues, {}), sink);
}

std::optional<LoadStage> SidekiqRebuild::stage(std::string_view key) const {
  if (!key.starts_with(m_prefix)) {
    return std::nullopt;
  }
  key.remove_prefix(m_prefix.size());
  if (key == k_paused_key) {
    return LoadStage::pause;
  }
  const bool names_things = key == k_queues_key || key == k_processes_key || key == k_cron_set_key;
  const bool holds_jobs =
      key.starts_with(k_list_prefix) || std::any_of(k_scored_states.begin(), k_scored_states.end(),
                                                    [&](const ScoredState& each) { return each.key == key; });
  if (names_things || holds_jobs) {
    return LoadStage::structure;
  }
  if (std::any_of(k_statistics_prefixes.begin(), k_statistics_prefixes.end(),
                  [&](std::string_view each) { return key.starts_with(each); })) {
    return LoadStage::counter;
  }
  return key.starts_with(k_cron_prefix) ? std::optional{LoadStage::body} : std::nullopt;
}

KeyTopic SidekiqRebuild::topic(std::string_view key) const {
  const std::string lists = m_prefix + std::string{k_list_prefix};
  return key.starts_with(lists) ? KeyTopic{std::string{key.substr(lists.size())}, {}} : KeyTopic{};
}

}  // namespace

std::unique_ptr<Rebuild> make_rebuild(std::string_view name_space) {
  return std::make_unique<SidekiqRebuild>(name_space);
}

}  // namespace qsnap::frameworks::sidekiq
