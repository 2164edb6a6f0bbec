// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>

#include <algorithm>

#include <qsnap/app/inspect.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::app {

namespace {

std::string text_member(const model::Fields& fields, std::string_view name) {
  const auto json = fields.find(name);
  return json ? codec::json_to_bytes(*json).value_or(std::string{}) : std::string{};
}

Result<report::QueueView> queue_view(const model::Record& record) {
  report::QueueView view;
  view.queue = text_member(record.fields, "queue");
  view.paused = record.fields.find("paused") == "true";
  if (const auto counts = record.fields.find("counts")) {
    QSNAP_ASSIGN(const std::vector<model::Field> members, codec::object_members(*counts));
    for (const model::Field& member : members) {
      const std::int64_t jobs = parse_integer(member.json).value_or(0);
      view.states.push_back({member.name, static_cast<std::uint64_t>(std::max<std::int64_t>(0, jobs))});
    }
  }
  return view;
}

/// The id of the one queue that the user means.
Result<std::string> resolve_queue(const codec::SnapshotReader& snapshot, const std::string& wanted) {
  std::vector<std::string> queues;
  QSNAP_TRY(model::for_each_record(snapshot, model::Section::queues, [&](const model::Record& record) -> Result<void> {
    queues.push_back(text_member(record.fields, "queue"));
    return {};
  }));
  return model::resolve_queue(wanted, std::move(queues));
}

/// Whether chunk `index` may hold jobs of this queue: jobs are sorted by queue, and a chunk tells where it starts.
bool may_hold(std::span<const model::ChunkInfo> chunks, std::size_t index, const std::string& queue) {
  if (chunks[index].section != model::Section::jobs || chunks[index].queue > queue) {
    return false;
  }
  const bool last_of_jobs = index + 1 == chunks.size() || chunks[index + 1].section != model::Section::jobs;
  return last_of_jobs || chunks[index + 1].queue >= queue;
}

bool is_wanted(const model::Record& job, const JobFilter& filter, const std::optional<std::string>& queue) {
  if (queue && text_member(job.fields, "queue") != *queue) {
    return false;
  }
  if (filter.state && text_member(job.fields, "state") != *filter.state) {
    return false;
  }
  return !filter.id || text_member(job.fields, "id") == *filter.id || text_member(job.volatiles, "id") == *filter.id;
}

bool name_matches(const std::string& name, const std::string& pattern) {
  const bool is_glob = pattern.find_first_of("*?") != std::string::npos;
  return is_glob ? ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0 : name.find(pattern) != std::string::npos;
}

/// A bare name is that of the default set here.
Result<std::optional<codec::SnapshotReader>> open_own(const store::Store& store, const store::SnapshotName& name) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate_along({}, name));
  if (!place) {
    return std::optional<codec::SnapshotReader>{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader reader, store.read(*place, name.text()));
  return std::optional{std::move(reader)};
}

/// Puts what the current set has removed among the rest.
Result<std::vector<report::ListedSnapshot>> with_removed(const store::Store& store, const std::string& pattern,
                                                         std::vector<report::ListedSnapshot> listed) {
  const store::SetName set = store.chain().current();
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> removed, store.removed_in(set));
  for (const store::SnapshotName& name : removed) {
    const auto same = [&](const report::ListedSnapshot& each) { return each.name == name.text(); };
    if (name_matches(name.text(), pattern) && std::none_of(listed.begin(), listed.end(), same)) {
      report::ListedSnapshot& entry = listed.emplace_back();
      entry.name = name.text();
      entry.owner = report::SetOwner{set.text(), report::SetOwner::Kind::removed};
    }
  }
  std::sort(listed.begin(), listed.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return listed;
}

}  // namespace

Result<report::SnapshotView> summarize(const std::string& name, const codec::SnapshotReader& snapshot) {
  report::SnapshotView view;
  view.name = name;
  view.metadata = snapshot.metadata();
  view.file_bytes = snapshot.file_bytes();
  view.raw_bytes = snapshot.raw_bytes();
  view.fingerprint = snapshot.fingerprint();
  view.jobs = model::count_records(snapshot, model::Section::jobs);
  view.keys = model::count_records(snapshot, model::Section::keys);
  QSNAP_TRY(model::for_each_record(snapshot, model::Section::queues, [&](const model::Record& record) -> Result<void> {
    QSNAP_ASSIGN(report::QueueView queue, queue_view(record));
    view.queues.push_back(std::move(queue));
    return {};
  }));
  return view;
}

Result<void> for_each_job(const codec::SnapshotReader& snapshot, const JobFilter& filter,
                          const std::function<Result<void>(const model::Record&)>& reader) {
  std::optional<std::string> queue;
  if (filter.queue) {
    QSNAP_ASSIGN(queue, resolve_queue(snapshot, *filter.queue));
  }
  for (std::size_t i = 0; i < snapshot.chunks().size(); ++i) {
    if (snapshot.chunks()[i].section != model::Section::jobs || (queue && !may_hold(snapshot.chunks(), i, *queue))) {
      continue;
    }
    QSNAP_TRY(snapshot.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      for (const std::string_view line : chunk.lines) {
        QSNAP_ASSIGN(const model::Record job, snapshot.parse(model::Section::jobs, line));
        if (is_wanted(job, filter, queue)) {
          QSNAP_TRY(reader(job));
        }
      }
      return {};
    }));
  }
  return {};
}

report::JobRow job_row(const model::Record& job) {
  report::JobRow row;
  row.queue = text_member(job.fields, "queue");
  row.state = text_member(job.fields, "state");
  row.id = job.fields.contains("id") ? text_member(job.fields, "id") : text_member(job.volatiles, "id");
  row.name = text_member(job.fields, "name");
  row.error = text_member(job.fields, "error");
  if (const auto retries = job.fields.find("retry_count")) {
    if (const auto count = parse_integer(*retries); count && *count >= 0) {
      row.retry_count = static_cast<std::uint64_t>(*count);
    }
  }
  if (const auto ms = model::find_instant_ms(job.volatiles, "due_at")) {
    row.due_at = instant_from_ms(*ms);
  }
  return row;
}

Result<std::vector<report::ListedSnapshot>> list_snapshots(const store::Store& store, const std::string& pattern,
                                                           ListedSets sets) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, sets == ListedSets::all ? store.list_all() : store.list());
  std::vector<report::ListedSnapshot> listed;
  for (const store::SnapshotName& name : names) {
    if (!name_matches(name.text(), pattern)) {
      continue;
    }
    report::ListedSnapshot& entry = listed.emplace_back();
    entry.name = name.text();
    Result<std::optional<codec::SnapshotReader>> found =
        sets == ListedSets::all ? open_own(store, name) : store.find(name);
    if (found && *found) {
      QSNAP_ASSIGN(entry.view, summarize(name.text(), **found));
      entry.in_conflict = (*found)->has_conflicts();
    } else if (!found) {
      entry.problem = found.error().message;
    }
    if (sets == ListedSets::chosen) {
      QSNAP_ASSIGN(entry.owner, owner_of(store, name));
    }
  }
  return sets == ListedSets::all ? std::move(listed) : with_removed(store, pattern, std::move(listed));
}

}  // namespace qsnap::app
