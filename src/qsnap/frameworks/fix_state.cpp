// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/fix_state.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;

constexpr std::string_view k_counter = "id_counter";

std::string shown(std::string_view json) {
  return codec::json_to_bytes(json).value_or(std::string{json});
}

std::string_view member(const Record& record, std::string_view name) {
  return record.fields.find(name).value_or(std::string_view{});
}

std::string_view id_of(const Record& job) {
  return job.fields.find("id").value_or(job.volatiles.find("id").value_or(std::string_view{}));
}

}  // namespace

Result<StateFix> StateFix::plan(const model::RecordSource& source) {
  StateFix fix;
  QSNAP_TRY(model::for_each_record(source, Section::queues, [&](const Record& record) -> Result<void> {
    fix.read_queue(record);
    return {};
  }));
  QSNAP_TRY(model::for_each_record(source, Section::jobs, [&](const Record& record) -> Result<void> {
    fix.read_job(record);
    return {};
  }));
  for (const auto& [queue, facts] : fix.m_queues) {
    if (facts.is_behind()) {
      fix.add_step(queue, fmt::format("raises the id counter from {} to {}", facts.id_counter, facts.highest_id));
    }
  }
  if (fix.m_more > 0) {
    fix.m_steps.push_back({"all queues", fmt::format("{} more steps", fix.m_more)});
  }
  return fix;
}

void StateFix::add_step(std::string_view queue_json, std::string what) {
  constexpr std::size_t k_most = 1000;
  if (m_steps.size() < k_most) {
    m_steps.push_back({shown(queue_json), std::move(what)});
  } else {
    ++m_more;
  }
}

void StateFix::read_queue(const Record& record) {
  Queue& queue = m_queues[std::string{member(record, "queue")}];
  if (const auto verbatim = codec::array_elements(record.fields.find("verbatim").value_or("[]"))) {
    queue.verbatim = *verbatim;
  }
  const std::string_view counter = record.volatiles.find(k_counter).value_or("");
  if (const auto number = parse_integer(shown(counter))) {
    queue.counter_json = counter;
    queue.id_counter = *number;
  }
}

void StateFix::read_job(const Record& job) {
  const std::string_view id = id_of(job);
  Queue& queue = m_queues[std::string{member(job, "queue")}];
  if (!is_dropped(job)) {
    queue.highest_id = std::max(queue.highest_id, parse_integer(shown(id)).value_or(0));
    return;
  }
  const std::string state = shown(member(job, "state"));
  ++queue.dropped[state];
  const bool missing = member(job, "body") == R"("missing")";
  add_step(member(job, "queue"), missing ? fmt::format("drops dangling id {} in {}", shown(id), state)
                                         : fmt::format("drops job {}, which stands once more in {}", shown(id), state));
}

bool StateFix::is_dropped(const Record& job) const {
  if (model::has_body(job)) {
    return false;
  }
  const auto queue = m_queues.find(member(job, "queue"));
  const bool verbatim = queue != m_queues.end() &&
                        std::find(queue->second.verbatim.begin(), queue->second.verbatim.end(), member(job, "state")) !=
                            queue->second.verbatim.end();
  return !verbatim;
}

Result<void> StateFix::write(const model::RecordSource& source, model::RecordSink& sink) const {
  return model::for_each_record(source, [&](const Record& record) -> Result<void> {
    if (record.section == Section::jobs && is_dropped(record)) {
      return {};
    }
    if (record.section != Section::queues) {
      return sink.add(record);
    }
    QSNAP_ASSIGN(Record fixed, fixed_queue(record));
    return sink.take(std::move(fixed));
  });
}

Result<Record> StateFix::fixed_queue(Record record) const {
  const auto queue = m_queues.find(member(record, "queue"));
  if (queue == m_queues.end()) {
    return record;
  }
  const Queue& facts = queue->second;
  if (facts.is_behind()) {
    const std::string highest = fmt::format("{}", facts.highest_id);
    record.volatiles.set(k_counter, facts.counter_json.starts_with('"') ? json_string(highest) : highest);
  }
  if (facts.dropped.empty() || !record.fields.contains("counts")) {
    return record;
  }
  QSNAP_ASSIGN(const auto counts, codec::object_members(member(record, "counts")));
  JsonWriter out;
  out.begin_object();
  for (const model::Field& count : counts) {
    const auto dropped = facts.dropped.find(count.name);
    const std::int64_t jobs =
        parse_integer(count.json).value_or(0) - (dropped == facts.dropped.end() ? 0 : dropped->second);
    if (jobs > 0) {
      out.key(count.name).integer(jobs);
    }
  }
  record.fields.set("counts", out.end_object().take());
  return record;
}

}  // namespace qsnap::frameworks
