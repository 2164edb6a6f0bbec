// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/load_policy.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::string_view k_due = "due_at";

std::string plain(std::string_view json) {
  return codec::json_to_bytes(json).value_or(std::string{json});
}

}  // namespace

std::uint64_t JobTally::jobs() const {
  std::uint64_t sum = 0;
  for (const auto& [queue, states] : queues) {
    for (const auto& [state, count] : states) {
      sum += count;
    }
  }
  return sum;
}

void JobCounter::add(const model::Record& job) {
  const std::string_view queue = job.fields.find("queue").value_or(""), state = job.fields.find("state").value_or("");
  if (m_count == nullptr || queue != m_queue_json || state != m_state_json) {
    m_count = &m_tally.queues[plain(queue)][plain(state)];
    m_queue_json = queue;
    m_state_json = state;
  }
  ++*m_count;
  const auto due_ms = model::find_instant_ms(job.volatiles, k_due);
  m_tally.overdue += due_ms && *due_ms <= m_now_ms ? 1U : 0U;
}

Result<std::optional<Instant>> last_due(const model::RecordSource& source) {
  std::optional<std::int64_t> last_ms;
  QSNAP_TRY(model::for_each_record(source, model::Section::jobs, [&](const model::Record& job) -> Result<void> {
    last_ms = std::max(last_ms, model::find_instant_ms(job.volatiles, k_due));
    return {};
  }));
  return last_ms ? std::optional{instant_from_ms(*last_ms)} : std::nullopt;
}

void shift_instants(model::Record& record, std::string_view stem, std::chrono::milliseconds delta) {
  model::Record part;
  for (const model::Field& field : record.volatiles) {
    if (field.name.starts_with(stem)) {
      part.volatiles.set(field.name, field.json);
    }
  }
  model::shift_time(part, delta);
  for (const model::Field& field : part.volatiles) {
    record.volatiles.set(field.name, field.json);
  }
}

Result<void> check_policy(const LoadPolicy& policy, const model::Metadata& metadata, const AdapterList& among) {
  if (policy.pause != PauseRule::paused) {
    return {};
  }
  if (metadata.frameworks.empty()) {
    return make_error(ErrorCode::refused, "nothing in this snapshot can be paused: it holds plain keys",
                      {"load it without --paused"});
  }
  for (const model::FrameworkInfo& info : metadata.frameworks) {
    const Adapter* const adapter = find_adapter(info.name, among);
    if (adapter == nullptr || !adapter->rebuild(info.name_space)->can_pause()) {
      return make_error(ErrorCode::refused, fmt::format("the queues of {} cannot be paused", info.name),
                        {"load it without --paused while no worker runs"});
    }
  }
  return {};
}

}  // namespace qsnap::frameworks
