// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/model/keyspace.hpp>

/// The grammar of BullMQ's key names: "<prefix>:<queue>:<suffix>". A prefix may contain ':', a queue may not.
namespace qsnap::frameworks::bullmq {

/// The states of a job, in byte order of their words. An orphan is a job's hash that no structure names.
enum class State : std::uint8_t {
  active,
  completed,
  delayed,
  failed,
  orphan,
  paused,
  prioritized,
  waiting,
  waiting_children,
};

struct StateInfo {
  State state;
  std::string_view word;    ///< in records
  std::string_view suffix;  ///< of the structure's key; empty for orphan
  model::RedisType type;    ///< of the structure: list or zset
};

inline constexpr std::array k_states = {
    StateInfo{State::active, "active", "active", model::RedisType::list},
    StateInfo{State::completed, "completed", "completed", model::RedisType::zset},
    StateInfo{State::delayed, "delayed", "delayed", model::RedisType::zset},
    StateInfo{State::failed, "failed", "failed", model::RedisType::zset},
    StateInfo{State::orphan, "orphan", "", model::RedisType::list},
    StateInfo{State::paused, "paused", "paused", model::RedisType::list},
    StateInfo{State::prioritized, "prioritized", "prioritized", model::RedisType::zset},
    StateInfo{State::waiting, "waiting", "wait", model::RedisType::list},
    StateInfo{State::waiting_children, "waiting-children", "waiting-children", model::RedisType::zset},
};

[[nodiscard]] const StateInfo& info_of(State state);
[[nodiscard]] std::optional<State> parse_state(std::string_view word);

/// What a key of a queue is, by its name alone.
enum class KeyKind : std::uint8_t {
  meta,
  id_counter,
  priority_counter,
  structure,
  schedulers,  ///< "repeat"
  marker,
  lease,    ///< limiter and stalled-check: gone by themselves
  derived,  ///< events, metrics, stalled
  dedup,
  dedup_next,
  lock,
  logs,
  pending_children,
  processed_children,
  failed_children,
  unsuccessful_children,
  body,  ///< anything else: a job's hash, a scheduler's hash, or nothing of BullMQ's
};

struct KeyParts {
  KeyKind kind = KeyKind::body;
  State state = State::orphan;  ///< for structure
  std::string_view id;          ///< the job's id, or the deduplication id; a view into the suffix
};

[[nodiscard]] KeyParts parse_suffix(std::string_view suffix);
/// ":logs" and the like; REQUIRES: one of lock, logs, …_children
[[nodiscard]] std::string_view job_suffix(KeyKind kind);

inline constexpr std::string_view k_repeat = "repeat:";

/// A job that a scheduler made has the id "repeat:<scheduler>:<instant in ms>".
struct ScheduledId {
  std::string_view scheduler;
  std::string_view slot_ms;  ///< a canonical integer that is not negative
};
[[nodiscard]] std::optional<ScheduledId> parse_scheduled_id(std::string_view id);
[[nodiscard]] std::string scheduled_id(std::string_view scheduler, std::string_view slot_ms);

/// Whether the library made this id: a counter, a UUID, or a scheduler's.
[[nodiscard]] bool is_generated_id(std::string_view id);

/// The queue and the job that a full key names, within one prefix. Absent when it is not of the form.
struct JobAddress {
  std::string_view queue;
  std::string_view id;
};
[[nodiscard]] std::optional<JobAddress> parse_job_key(std::string_view prefix, std::string_view key);

/// "<prefix>:<queue>:", in front of every key of a queue.
[[nodiscard]] std::string queue_base(std::string_view prefix, std::string_view queue);
/// "bullmq:<prefix>:<queue>", the queue's id in records.
[[nodiscard]] std::string queue_text(std::string_view prefix, std::string_view queue);

}  // namespace qsnap::frameworks::bullmq
