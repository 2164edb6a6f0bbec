// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/sidekiq/busy.hpp>
#include <qsnap/frameworks/sidekiq/layout.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

std::optional<BusyJob> busy_job(std::string_view value) {
  const auto members = codec::object_members(value);
  if (!members) {
    return std::nullopt;
  }
  BusyJob job;
  for (const model::Field& member : *members) {
    if (member.name == "queue") {
      job.queue = codec::json_to_bytes(member.json).value_or(std::string{});
    } else if (member.name == "payload") {  // its text; before 5 an object
      job.element = codec::json_to_bytes(member.json).value_or(member.json);
    } else if (member.name == "run_at") {
      job.taken_at = parse_double(member.json).value_or(0);
    }
  }
  const bool whole = !job.queue.empty() && job.element.starts_with('{');
  return whole ? std::optional{std::move(job)} : std::nullopt;
}

}  // namespace

bool is_work_key(std::string_view key) {
  return is_process_key(key) && (key.ends_with(":work") || key.ends_with(":workers"));
}

std::optional<std::vector<BusyJob>> busy_jobs(const model::ItemBlock& work) {
  std::vector<BusyJob> jobs;
  for (std::size_t i = 0; i + 1 < work.size(); i += 2) {
    auto job = busy_job(work[i + 1]);
    if (!job) {
      return std::nullopt;
    }
    jobs.push_back(*std::move(job));
  }
  return jobs;
}

}  // namespace qsnap::frameworks::sidekiq
