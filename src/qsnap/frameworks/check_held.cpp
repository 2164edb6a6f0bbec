// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/check_held.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::frameworks {

namespace {

/// A worker renews its lock "<prefix>:<queue>:<job>:lock" as long as it holds the job.
constexpr std::array<std::string_view, 2> k_with_locks = {"bull", "bullmq"};
/// Instants until which a job is its worker's: of Asynq and RQ, and of Laravel.
constexpr std::array<std::string_view, 3> k_leases = {"lease_expires_at", "lease_at", "reserved_until_at"};

std::string text_of(const model::Fields& fields, std::string_view member) {
  const auto json = fields.find(member);
  return json ? codec::json_to_bytes(*json).value_or(std::string{}) : std::string{};
}

}  // namespace

std::optional<Finding> HeldChecker::read_job(const model::Record& job) {
  const std::string queue = text_of(job.fields, "queue"), state = text_of(job.fields, "state");
  std::string id = text_of(job.fields, "id");
  if (id.empty()) {
    id = text_of(job.volatiles, "id");
  }
  for (const std::string_view lease : k_leases) {
    const auto until_ms = model::find_instant_ms(job.volatiles, lease);
    if (until_ms && *until_ms <= m_captured_at_ms) {
      return Finding{queue, fmt::format("the lease of job {} in {} has run out, and nobody took it back", id, state)};
    }
  }
  const auto parts = model::QueueId::parse(queue);
  const bool locks =
      parts && std::find(k_with_locks.begin(), k_with_locks.end(), parts->framework) != k_with_locks.end();
  if (locks && state == "active" && !id.empty() && model::has_body(job)) {
    m_unlocked.emplace(fmt::format("{}:{}:{}:lock", parts->name_space, parts->name, id), Job{queue, id});
  }
  return std::nullopt;
}

void HeldChecker::read_key(const model::Record& key) {
  m_unlocked.erase(text_of(key.fields, "key"));
}

/// One for each queue: after a load that is all of its active jobs.
std::vector<Finding> HeldChecker::finish() const {
  std::map<std::string, std::vector<std::string_view>> by_queue;
  for (const auto& [lock, job] : m_unlocked) {
    by_queue[job.queue].push_back(job.id);
  }
  constexpr std::size_t k_most_named = 5;
  std::vector<Finding> findings;
  for (const auto& [queue, ids] : by_queue) {
    const auto named = std::span{ids}.first(std::min(ids.size(), k_most_named));
    findings.push_back({queue,
                        ids.size() == 1
                            ? fmt::format("job {} is active, and no worker has its lock", ids.front())
                            : fmt::format("{} jobs are active, and no worker has their locks: {}{}", ids.size(),
                                          fmt::join(named, ", "), ids.size() > named.size() ? ", …" : ""),
                        true});
  }
  return findings;
}

}  // namespace qsnap::frameworks
