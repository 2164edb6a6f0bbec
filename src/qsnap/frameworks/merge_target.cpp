// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <initializer_list>

#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/merge_target.hpp>
#include <qsnap/frameworks/record_owner.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;

std::uint64_t hash_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    text += part;
    text += '\0';
  }
  return codec::xxh3(text);
}

std::uint64_t schedule_hash(const Record& config) {
  const auto member = [&](std::string_view name) { return config.fields.find(name).value_or(""); };
  return hash_of({owner_member(config).value_or(""), member("kind"), member("id")});
}

bool contains(const std::vector<std::uint64_t>& sorted, std::uint64_t hash) {
  return std::binary_search(sorted.begin(), sorted.end(), hash);
}

}  // namespace

std::optional<std::string> id_of_job(const Record& job) {
  for (const model::Fields* const members : {&job.fields, &job.volatiles}) {
    if (const auto json = members->find("id")) {
      return codec::json_to_bytes(*json);
    }
  }
  return std::nullopt;
}

Result<MergeTarget> MergeTarget::read(const model::RecordSource& target) {
  MergeTarget read;
  QSNAP_TRY(model::for_each_record(target, Section::config, [&](const Record& config) -> Result<void> {
    read.m_schedules.push_back(schedule_hash(config));
    return {};
  }));
  QSNAP_TRY(model::for_each_record(target, Section::queues, [&](const Record& queue) -> Result<void> {
    if (const auto json = queue.fields.find("queue")) {
      read.m_queues.emplace(*json, queue);
    }
    return {};
  }));
  QSNAP_TRY(model::for_each_record(target, Section::jobs, [&](const Record& job) -> Result<void> {
    if (const auto id = id_of_job(job)) {
      read.m_jobs.push_back(hash_of({job.fields.find("queue").value_or(""), *id}));
    }
    return {};
  }));
  std::sort(read.m_schedules.begin(), read.m_schedules.end());
  std::sort(read.m_jobs.begin(), read.m_jobs.end());
  return read;
}

const Record* MergeTarget::find_queue(std::string_view queue_json) const {
  const auto at = m_queues.find(queue_json);
  return at == m_queues.end() ? nullptr : &at->second;
}

bool MergeTarget::has_job(std::string_view queue_json, std::string_view id) const {
  return contains(m_jobs, hash_of({queue_json, id}));
}

bool MergeTarget::has_schedule(const Record& config) const {
  return contains(m_schedules, schedule_hash(config));
}

}  // namespace qsnap::frameworks
