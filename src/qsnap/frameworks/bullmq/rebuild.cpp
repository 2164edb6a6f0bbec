// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/family.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/rebuild.hpp>
#include <qsnap/frameworks/bullmq/scheduler.hpp>
#include <qsnap/frameworks/bullmq/settings.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

using model::ItemBlock;
using model::KeyWrite;
using model::LoadStage;
using model::Record;
using model::RedisType;
using model::Section;

/// Pieces of structures are about as large as one write of a load should be.
constexpr std::size_t k_piece_bytes = 32 * limits::k_kib;
constexpr std::size_t k_piece_items = 2048;

LoadStage stage_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::marker:
      return LoadStage::wakeup;
    case KeyKind::meta:
      return LoadStage::pause;
    case KeyKind::id_counter:
    case KeyKind::priority_counter:
      return LoadStage::counter;
    case KeyKind::body:
      return LoadStage::body;
    default:
      return LoadStage::structure;
  }
}

Result<void> write_counter(std::string_view member, std::string_view key, const Record& record, model::KeySink& sink) {
  QSNAP_ASSIGN(const auto counter, integer_member(record.volatiles, member));
  if (!counter) {
    return {};
  }
  ItemBlock items;
  items.push(fmt::format("{}", *counter));
  return sink.write({LoadStage::counter, key, RedisType::string, std::nullopt, &items});
}

}  // namespace

std::optional<LoadStage> BullmqRebuild::stage(std::string_view key) const {
  const auto address = parse_job_key(m_prefix, key);
  return address ? std::optional{stage_of(parse_suffix(address->id).kind)} : std::nullopt;
}

KeyTopic BullmqRebuild::topic(std::string_view key) const {
  const auto address = parse_job_key(m_prefix, key);
  return address ? KeyTopic{std::string{address->queue}, {}} : KeyTopic{};
}

Result<BullmqRebuild::Queue*> BullmqRebuild::find_queue(const Record& record) {
  const auto json = record.fields.find("queue");
  if (json && m_last != nullptr && *json == m_last_text) {  // neighbours mostly have the same queue
    return m_last;
  }
  QSNAP_ASSIGN(const std::string text, need_bytes(record.fields, "queue"));
  const auto id = model::QueueId::parse(text);
  if (!id || id->name_space != m_prefix) {
    return make_error(ErrorCode::corrupt, fmt::format("{} is no queue of the prefix {}", text, m_prefix));
  }
  m_last_text = *json;
  m_last = &m_queues[m_last_text];
  m_last->base = queue_base(m_prefix, id->name);
  return m_last;
}

Result<void> BullmqRebuild::add(const Record& record, model::KeySink& sink) {
  QSNAP_ASSIGN(Queue* const queue, find_queue(record));
  switch (record.section) {
    case Section::config:
      return add_scheduler(record, *queue, sink);
    case Section::queues:
      return add_queue(record, *queue, sink);
    case Section::jobs:
      return add_job(record, *queue, sink);
    default:
      return make_error(ErrorCode::corrupt,
                        fmt::format("section {} has no records of bullmq", to_text(record.section)));
  }
}

Result<void> BullmqRebuild::finish(model::KeySink& sink) {
  QSNAP_TRY(write_piece(sink));
  for (auto& [text, queue] : m_queues) {
    QSNAP_TRY(write_runs(queue, sink));
    QSNAP_TRY(write_policy_keys(queue, sink));
  }
  return {};
}

Result<void> BullmqRebuild::add_scheduler(const Record& record, Queue& queue, model::KeySink& sink) {
  QSNAP_ASSIGN(std::string id, need_bytes(record.fields, "id"));
  QSNAP_ASSIGN(const double next, next_run_score(record));
  if (!record.fields.contains("body")) {
    QSNAP_ASSIGN(const ItemBlock hash, scheduler_hash(record));
    const std::string key = fmt::format("{}{}{}", queue.base, k_repeat, id);
    QSNAP_TRY(sink.write({LoadStage::body, key, RedisType::hash, std::nullopt, &hash}));
  }
  queue.runs.emplace_back(next, std::move(id));
  return {};
}

Result<void> BullmqRebuild::write_runs(Queue& queue, model::KeySink& sink) {
  if (queue.runs.empty() || queue.verbatim.contains("repeat")) {
    return {};
  }
  std::sort(queue.runs.begin(), queue.runs.end());
  ItemBlock items;
  for (const auto& [score, id] : queue.runs) {
    items.push(id);
    items.push(format_double(score));
  }
  return sink.write({LoadStage::structure, queue.base + "repeat", RedisType::zset, std::nullopt, &items});
}

Result<void> BullmqRebuild::note_verbatim(const Record& record, Queue& queue) {
  if (const auto words = record.fields.find("verbatim")) {
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*words));
    for (const std::string& element : elements) {
      queue.verbatim.insert(codec::json_text(element).value_or(std::string{}));
    }
  }
  return {};
}

Result<void> BullmqRebuild::add_queue(const Record& record, Queue& queue, model::KeySink& sink) {
  QSNAP_TRY(note_verbatim(record, queue));
  QSNAP_TRY(write_counter("id_counter", queue.base + "id", record, sink));
  QSNAP_TRY(write_counter("priority_counter", queue.base + "pc", record, sink));
  QSNAP_ASSIGN(const ItemBlock meta, meta_hash(record));
  if (meta.empty() || queue.verbatim.contains("meta")) {
    return {};
  }
  return sink.write({LoadStage::pause, queue.base + "meta", RedisType::hash, std::nullopt, &meta});
}

Result<void> BullmqRebuild::add_job(const Record& record, const Queue& queue, model::KeySink& sink) {
  QSNAP_ASSIGN(const std::string word, need_bytes(record.fields, "state"));
  const auto state = parse_state(word);
  if (!state) {
    return make_error(ErrorCode::corrupt, fmt::format("bullmq has no state {}", word));
  }
  QSNAP_ASSIGN(const std::string id, job_id(record));
  QSNAP_TRY(add_body(record, queue, id, sink));
  return add_to_structure(record, queue, *state, id, sink);
}

Result<void> BullmqRebuild::add_body(const Record& record, const Queue& queue, std::string_view id,
                                     model::KeySink& sink) {
  QSNAP_ASSIGN(const Children children, Children::parse(record));
  if (!record.fields.contains("body")) {
    const auto moved = children.with_moved_parent(record);
    QSNAP_ASSIGN(const ItemBlock hash, job_hash(moved ? *moved : record, id, children.parent_key(), m_options));
    const std::string key = fmt::format("{}{}", queue.base, id);
    QSNAP_TRY(sink.write({LoadStage::body, key, RedisType::hash, std::nullopt, &hash}));
  }
  QSNAP_TRY(children.write(queue.base, id, sink));
  QSNAP_TRY(write_logs(record, queue.base, id, sink));
  return write_dedup_lock(record, queue.base, id, sink);
}

Result<void> BullmqRebuild::add_to_structure(const Record& record, const Queue& queue, State state, std::string_view id,
                                             model::KeySink& sink) {
  const StateInfo& info = info_of(state);
  if (info.suffix.empty() || queue.verbatim.contains(info.word)) {
    return {};
  }
  ItemBlock& items = m_piece.items;
  const bool full = items.bytes() >= k_piece_bytes || items.size() >= k_piece_items;
  if (m_piece.queue != &queue || m_piece.state != state || full) {
    QSNAP_TRY(write_piece(sink));
    m_piece.queue = &queue;
    m_piece.state = state;
  }
  items.push(id);
  if (info.type == RedisType::zset) {
    QSNAP_ASSIGN(const double score, job_score(state, record));
    items.push(format_double(score));
  }
  return {};
}

Result<void> BullmqRebuild::write_piece(model::KeySink& sink) {
  if (m_piece.items.empty()) {
    return {};
  }
  const StateInfo& info = info_of(m_piece.state);
  const std::string key = fmt::format("{}{}", m_piece.queue->base, info.suffix);
  KeyWrite write{LoadStage::structure, key, info.type, std::nullopt, &m_piece.items};
  // The job that runs next comes first, and stands at the right end: each further one goes to its left.
  write.end = info.type == RedisType::list ? KeyWrite::ListEnd::left : KeyWrite::ListEnd::right;
  QSNAP_TRY(sink.write(write));
  m_piece.items.clear();
  return {};
}

}  // namespace qsnap::frameworks::bullmq
