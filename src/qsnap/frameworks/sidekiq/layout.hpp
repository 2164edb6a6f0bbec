// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>

/// Where Sidekiq keeps what: key names, states, and how its namespaces are found in a keyspace.
namespace qsnap::frameworks::sidekiq {

inline constexpr std::string_view k_name = "sidekiq";
inline constexpr std::string_view k_waiting = "waiting";
inline constexpr std::string_view k_default_queue = "default";

inline constexpr std::string_view k_queues_key = "queues";
inline constexpr std::string_view k_paused_key = "paused";
inline constexpr std::string_view k_processes_key = "processes";
inline constexpr std::string_view k_list_prefix = "queue:";
inline constexpr std::string_view k_cron_set_key = "cron_jobs";
inline constexpr std::string_view k_cron_prefix = "cron_job:";
inline constexpr std::string_view k_cron_history_suffix = ":enqueued";
/// Counters and histograms of what was done: totals, by day, by minute, by class.
inline constexpr std::array<std::string_view, 4> k_statistics_prefixes = {"stat:processed", "stat:failed", "j|", "h|"};

/// A sorted set of jobs: its key, our word for the state, and the instant that the score is.
struct ScoredState {
  std::string_view key;
  std::string_view state;
  std::string_view score_member;
};

/// In document order: sorted by state, and before "waiting".
inline constexpr std::array<ScoredState, 3> k_scored_states = {{
    {"dead", "dead", "dead_at_s"},
    {"retry", "retry", "due_at_s"},
    {"schedule", "scheduled", "due_at_s"},
}};

/// "" without a namespace, else "ns:".
[[nodiscard]] std::string key_prefix(std::string_view name_space);

/// Whether a key (without its namespace) is about a running process: "host:pid:nonce", alone or with ":work" (from 7),
/// ":workers" (6) or "-signals" behind it.
[[nodiscard]] bool is_process_key(std::string_view key);

/// The keys of one namespace that give Sidekiq away; all else is found by name.
struct Namespace {
  std::string name;
  std::vector<model::KeyId> lists;  ///< every list named queue:…, in byte order
  std::string version;              ///< what the shape of the data tells ("6", "6-7", "7", "8"), or empty
};

/// Every Sidekiq namespace, sorted by name. A namespace counts when one of its structures begins with jobs (objects
/// with a class and a jid, which Resque does not have), or when it is drained but has Sidekiq's processes or counters.
Result<std::vector<Namespace>> find_namespaces(const model::Keyspace& keyspace);

/// The namespace of this name, whatever is in it.
Result<Namespace> name_space_of(const model::Keyspace& keyspace, std::string_view name);

/// Whether one of the first elements of a list or sorted set is a Sidekiq job.
Result<bool> begins_with_jobs(const model::Keyspace& keyspace, model::KeyId key);

}  // namespace qsnap::frameworks::sidekiq
