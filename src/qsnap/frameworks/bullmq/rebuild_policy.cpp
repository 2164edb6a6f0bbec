// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/rebuild.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/verbatim.hpp>

// How BullMQ itself gives a job back (moveJobFromActiveToWait), finds one whose worker died (moveStalledJobsToWait),
// and pauses a queue (pause.lua): read in 5.81 and 6.7.
namespace qsnap::frameworks::bullmq {

namespace {

using model::ItemBlock;
using model::LoadStage;
using model::Record;
using model::RedisType;
using model::Section;

std::string_view word_of(State state) {
  return info_of(state).word;
}

bool is_in_state(const Record& job, State state) {
  return job.fields.find("state") == json_string(word_of(state));
}

void set_state(State state, Record& job) {
  job.fields.set("state", json_string(word_of(state)));
}

/// From 6 on, a pause is a flag; before that, the waiting jobs are renamed to another list as well.
bool has_paused_list(const Record& queue) {
  const auto json = queue.fields.find("version");
  const std::string version = json ? codec::json_text(*json).value_or(std::string{}) : std::string{};
  const auto major = parse_integer(std::string_view{version}.substr(0, version.find('.')));
  return major && *major < 6;
}

/// Ahead of all jobs of its priority, whose counter is at least 1, and behind those that were requeued before it.
double requeued_score(std::int64_t priority, std::uint64_t number) {
  constexpr double k_priority_step = 4294967296.0;  // 2^32
  constexpr std::uint64_t k_numbers = 65536;
  return static_cast<double>(priority) * k_priority_step +
         static_cast<double>(std::min(number, k_numbers - 1)) / static_cast<double>(k_numbers);
}

}  // namespace

bool BullmqRebuild::is_active(std::string_view state) const {
  return state == word_of(State::active);
}

Result<void> BullmqRebuild::follow(const LoadPolicy& policy, Record& record) {
  if (record.section == Section::jobs) {
    return follow_job(policy, record);
  }
  if (record.section != Section::queues) {
    return {};
  }
  QSNAP_ASSIGN(Queue* const queue, find_queue(record));
  QSNAP_TRY(note_verbatim(record, *queue));
  queue->merged = policy.merge == MergeRule::beside;
  if (policy.pause == PauseRule::paused) {
    if (queue->verbatim.contains("meta")) {
      return make_error(ErrorCode::refused,
                        fmt::format("{}meta is kept verbatim, so that queue cannot be paused", queue->base),
                        {"load it without --paused while no worker runs"});
    }
    record.fields.set("paused", "true");
  }
  queue->paused = record.fields.find("paused") == "true";
  queue->waits_in = queue->paused && has_paused_list(record) ? State::paused : State::waiting;
  return {};
}

Result<void> BullmqRebuild::follow_job(const LoadPolicy& policy, Record& job) {
  QSNAP_ASSIGN(Queue* const queue, find_queue(job));
  if (is_in_state(job, State::active)) {
    if (policy.active == ActiveRule::requeue) {
      return requeue(*queue, job);
    }
    if (policy.active == ActiveRule::stalled) {
      QSNAP_ASSIGN(const std::string id, job_id(job));
      queue->stalled.push(id);
    }
  } else if (policy.pause == PauseRule::paused && is_in_state(job, State::waiting) &&
             can_move(*queue, State::waiting)) {
    set_state(queue->waits_in, job);
  }
  return {};
}

/// Between structures that are both written from records; a verbatim one would have the job a second time, or not at
/// all.
bool BullmqRebuild::can_move(const Queue& queue, State from) {
  return std::none_of(queue.verbatim.begin(), queue.verbatim.end(), [&](std::string_view word) {
    return word == word_of(from) || word == word_of(queue.waits_in) || word == word_of(State::prioritized);
  });
}

Result<void> BullmqRebuild::requeue(Queue& queue, Record& job) {
  if (!can_move(queue, State::active)) {
    return {};
  }
  QSNAP_ASSIGN(const auto priority, integer_member(job.fields, "priority"));
  if (priority.value_or(0) > 0) {
    set_state(State::prioritized, job);
    job.volatiles.set("score", score_json(requeued_score(*priority, queue.requeued)));
  } else {
    set_state(queue.waits_in, job);
  }
  job.volatiles.erase("started_at_ms");
  job.volatiles.erase("worker");
  ++queue.requeued;
  return {};
}

Result<KeyFate> BullmqRebuild::follow_key(const LoadPolicy& policy, const VerbatimPart& part) {
  const auto address = parse_job_key(m_prefix, part.key);
  if (!address) {
    return KeyFate::written;
  }
  // Who was active is so no longer; and a worker that is woken up would find its queue paused.
  const bool names_requeued = address->id == "stalled" && policy.active == ActiveRule::requeue;
  const bool wakes_paused = address->id == "marker" && policy.pause == PauseRule::paused;
  return names_requeued || wakes_paused ? KeyFate::left_out : KeyFate::written;
}

Counters BullmqRebuild::counters(std::string_view queue) const {
  const std::string base = queue_base(m_prefix, queue);
  return {base + "id", base + "pc"};
}

/// The list that a pause has renamed is named back by the end of the pause, over what is there.
Result<void> BullmqRebuild::fit_queue(const Record& target_queue, Record& job) const {
  const bool paused = target_queue.fields.find("paused") == "true" && has_paused_list(target_queue);
  const State waits_in = paused ? State::paused : State::waiting;
  if (is_in_state(job, State::waiting) || is_in_state(job, State::paused)) {
    set_state(waits_in, job);
  }
  return {};
}

Result<void> BullmqRebuild::write_policy_keys(const Queue& queue, model::KeySink& sink) {
  if (!queue.stalled.empty()) {
    const std::string key = queue.base + "stalled";
    QSNAP_TRY(sink.write({LoadStage::structure, key, RedisType::set, std::nullopt, &queue.stalled}));
  }
  if ((queue.requeued == 0 && !queue.merged) || queue.paused) {
    return {};
  }
  const std::string key = queue.base + "marker";  // where all jobs were active, or none was there, there is none
  ItemBlock marker;
  marker.push("0");
  marker.push("0");
  return sink.write({LoadStage::wakeup, key, RedisType::zset, std::nullopt, &marker});
}

}  // namespace qsnap::frameworks::bullmq
