// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>
#include <qsnap/frameworks/layout/layout_policy.hpp>
#include <qsnap/frameworks/load_policy.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::Record;
using model::RedisType;

constexpr std::string_view k_paused = "paused";
/// Longer than any lease, so that one which was taken just now has run out; their order stays.
constexpr std::chrono::milliseconds k_long_ago = std::chrono::hours{24 * 365};

void erase(std::string_view member, Record& record) {
  record.fields.erase(member);
  record.volatiles.erase(member);
}

}  // namespace

bool LayoutPolicy::is_active(std::string_view state) const {
  return std::any_of(m_layout->states.begin(), m_layout->states.end(),
                     [&](const StateSpec& each) { return each.active && each.name == state; });
}

bool LayoutPolicy::can_pause() const {
  return std::any_of(m_layout->queue_values.begin(), m_layout->queue_values.end(),
                     [](const QueueValueSpec& value) { return value.flag == k_paused; });
}

Result<void> LayoutPolicy::follow(const LoadPolicy& policy, Record& record) {
  if (record.section == model::Section::queues) {
    follow_queue(policy, record);
  }
  if (record.section != model::Section::jobs) {
    return {};
  }
  QSNAP_ASSIGN(std::string state, need_text(record, "state"));
  const StateSpec* const active = active_line(state, record);
  if (active != nullptr && policy.active == ActiveRule::requeue) {
    requeue(*active, record);
    QSNAP_ASSIGN(state, need_text(record, "state"));
  } else if (active != nullptr && policy.active == ActiveRule::stalled) {
    stall(*active, record);
  }
  const StateSpec* const line = find_line(state);
  if (line != nullptr && !line->paused_to.empty() && m_paused.contains(record.fields.find("queue").value_or(""))) {
    record.fields.set("state", json_string(line->paused_to));
  }
  return {};
}

Result<void> LayoutPolicy::fit_queue(const Record& target_queue, Record& job) const {
  QSNAP_ASSIGN(const std::string state, need_text(job, "state"));
  const bool paused = target_queue.fields.find(k_paused) == "true";
  for (const StateSpec& line : m_layout->states) {
    if (line.paused_to.empty() || (state != line.name && state != line.paused_to)) {
      continue;
    }
    job.fields.set("state", json_string(paused ? line.paused_to : line.name));
    break;
  }
  return {};
}

void LayoutPolicy::follow_queue(const LoadPolicy& policy, Record& queue) {
  if (policy.pause == PauseRule::paused) {
    for (const QueueValueSpec& value : m_layout->queue_values) {
      if (value.flag != k_paused || queue.fields.find(k_paused) == "true") {
        continue;
      }
      queue.fields.set(k_paused, "true");
      const bool since = value.member.ends_with("_at_s");
      queue.volatiles.set(value.member, fmt::format("{}", since ? to_ms(policy.now) / 1000 : 1));
    }
  }
  if (queue.fields.find(k_paused) == "true") {
    m_paused.emplace(queue.fields.find("queue").value_or(""));
  }
}

const StateSpec* LayoutPolicy::active_line(std::string_view state, const Record& job) const {
  for (const StateSpec& each : m_layout->states) {
    const std::string_view other = each.key.other_name();
    const bool fills = other.empty() || job.fields.contains(other) || job.volatiles.contains(other);
    if (each.active && each.name == state && fills) {
      return &each;
    }
  }
  return nullptr;
}

const StateSpec* LayoutPolicy::find_line(std::string_view state) const {
  const auto at = std::find_if(m_layout->states.begin(), m_layout->states.end(),
                               [&](const StateSpec& each) { return each.name == state; });
  return at == m_layout->states.end() ? nullptr : &*at;
}

/// What the record says of the worker, its lease and the place in its structure goes; the job itself stays. A job that
/// is not rebuilt from its record cannot move: it would stand in both places.
void LayoutPolicy::requeue(const StateSpec& from, Record& job) const {
  const StateSpec* const to = find_line(from.requeue_to);
  const bool rebuilt = from.holds == Holds::ids || !job.fields.contains("body");
  const bool readable = !from.format || job.fields.find("form") != R"("raw")";
  if (to == nullptr || !rebuilt || !readable) {
    return;
  }
  const std::string_view other = from.key.other_name(), score = score_member(from);
  if (!other.empty() && other != to->key.other_name()) {
    erase(other, job);
  }
  const bool scored = from.type == RedisType::zset || from.type == RedisType::hash;
  if (scored && score != score_member(*to)) {
    erase(score, job);
  }
  for (const SideSpec& side : m_layout->sides) {
    if (side.state == from.name) {
      job.volatiles.erase(side.member);
    }
  }
  job.volatiles.erase("element");
  job.fields.set("state", json_string(to->name));
  if (from.requeued) {
    from.requeued(job);
  }
}

void LayoutPolicy::stall(const StateSpec& state, Record& job) const {
  if (const std::string_view score = score_member(state); is_instant(score)) {
    shift_instants(job, score, -k_long_ago);
  }
  for (const SideSpec& side : m_layout->sides) {
    if (side.state != state.name) {
      continue;
    }
    if (side.type == RedisType::set) {
      job.volatiles.set(side.member, "true");
    } else if (is_instant(side.member)) {
      shift_instants(job, side.member, -k_long_ago);
    }
  }
}

}  // namespace qsnap::frameworks::layout
