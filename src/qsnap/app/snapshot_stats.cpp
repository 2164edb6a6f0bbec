// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/inspect.hpp>
#include <qsnap/app/snapshot_stats.hpp>
#include <qsnap/app/stats_growth.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/zstd_frame.hpp>
#include <qsnap/git/object_sizes.hpp>

namespace qsnap::app {

namespace {

using report::JobStats;
using report::QueueStats;
using report::SnapshotStats;

/// The size of the form that the clean filter makes, to the byte.
Result<std::uint64_t> stored_bytes(const codec::SnapshotReader& snapshot) {
  codec::ContainerIndex index{std::string{snapshot.fingerprint()}, {}};
  std::uint64_t bytes = codec::k_header_frame_bytes;
  for (std::size_t i = 0; i < snapshot.chunks().size(); ++i) {
    index.chunks.push_back(snapshot.index_entry(i));
    bytes += codec::stored_frame_bytes(snapshot.chunks()[i].raw_bytes);
  }
  QSNAP_ASSIGN(const std::string frame, codec::encode_index(index, codec::Encoding::stored));
  return bytes + frame.size();
}

Result<report::SizeStats> sizes_of(const codec::SnapshotReader& snapshot) {
  report::SizeStats sizes;
  sizes.document = snapshot.raw_bytes();
  sizes.file = snapshot.file_bytes();
  sizes.is_packed = snapshot.encoding() == codec::Encoding::packed;
  QSNAP_ASSIGN(sizes.stored, stored_bytes(snapshot));
  for (const model::Section section : model::k_sections) {
    report::SectionStats stats{section, 0, 0};
    for (const model::ChunkInfo& chunk : snapshot.chunks()) {
      if (chunk.section == section) {
        stats.records += chunk.records;
        stats.bytes += chunk.raw_bytes;
      }
    }
    sizes.sections.push_back(stats);
  }
  return sizes;
}

using Queues = std::map<std::string, QueueStats>;  ///< by id

Queues queues_of(const report::SnapshotView& view) {
  Queues queues;
  for (const report::QueueView& queue : view.queues) {
    queues[queue.queue].add(queue);
  }
  return queues;
}

/// Both are what a document claims.
std::int64_t milliseconds_between(Instant from, Instant to) {
  std::int64_t between = 0;
  if (__builtin_sub_overflow(to_ms(to), to_ms(from), &between)) {
    return to > from ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  return between;
}

/// What one job adds. `captured_at` is when its snapshot was made.
JobStats stats_of(const model::Record& job, const report::JobRow& row, Instant captured_at) {
  JobStats stats;
  stats.with_error = row.error.empty() && !job.fields.contains("error_class") ? 0 : 1;
  stats.retries = row.retry_count.value_or(0);
  stats.retried = stats.retries > 0 ? 1 : 0;
  if (const auto payload = job.fields.find("payload")) {
    stats.payloads = {1, payload->size(), payload->size(), row.id};
  }
  if (row.due_at) {
    const std::int64_t in_ms = milliseconds_between(captured_at, *row.due_at);
    stats.due = {1, in_ms <= 0 ? 1U : 0U, in_ms, in_ms};
  }
  return stats;
}

Result<void> read_jobs(const codec::SnapshotReader& snapshot, Queues& queues, const Progress& progress) {
  for (auto& [id, queue] : queues) {
    queue.contents.emplace();
  }
  const std::uint64_t all = model::count_records(snapshot, model::Section::jobs);
  std::uint64_t done = 0;
  return for_each_job(snapshot, {}, [&](const model::Record& job) -> Result<void> {
    constexpr std::uint64_t k_batch = 1024;
    if (done++ % k_batch == 0) {
      QSNAP_TRY(progress.check());
      progress.report("reading jobs", done, all);
    }
    const report::JobRow row = job_row(job);
    QueueStats& queue = queues[row.queue];
    if (!queue.contents) {  // no record of its own speaks of it
      queue.queue.queue = row.queue;
      queue.contents.emplace();
    }
    queue.contents->add(stats_of(job, row, snapshot.metadata().captured_at));
    return {};
  });
}

Result<SnapshotStats> stats_of(const std::string& name, const codec::SnapshotReader& snapshot, StatsDepth depth,
                               const Progress& progress) {
  QSNAP_ASSIGN(const report::SnapshotView view, summarize(name, snapshot));
  SnapshotStats stats;
  stats.name = name;
  stats.captured_at = view.metadata.captured_at;
  stats.has_conflicts = snapshot.has_conflicts();
  stats.jobs = view.jobs;
  QSNAP_ASSIGN(stats.sizes, sizes_of(snapshot));
  Queues queues = queues_of(view);
  if (depth == StatsDepth::jobs) {
    QSNAP_TRY(read_jobs(snapshot, queues, progress));
    stats.has_contents = true;
  }
  for (auto& [id, queue] : queues) {
    stats.queues.push_back(std::move(queue));
  }
  return stats;
}

/// One of all: what is wrong with it is part of the list.
SnapshotStats stats_or_problem(const store::Store& store, const store::SnapshotName& name, StatsDepth depth,
                               const Progress& progress) {
  const auto problem = [&](std::string why) {
    SnapshotStats stats;
    stats.name = name.text();
    stats.problem = std::move(why);
    return stats;
  };
  const Result<std::optional<codec::SnapshotReader>> found = store.find(name);
  if (!found || !*found) {
    return problem(found ? "is gone" : found.error().message);
  }
  Result<SnapshotStats> stats = stats_of(name.text(), **found, depth, progress);
  return stats ? *std::move(stats) : problem(stats.error().message);
}

/// A snapshot of the work tree, or another one without a history.
struct Subject {
  SnapshotStats stats;
  std::optional<store::SnapshotName> name;
};

Result<std::vector<Subject>> all_subjects(const store::Store& store, StatsDepth depth, const Progress& progress) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, store.list_all());
  std::vector<Subject> subjects;
  for (const store::SnapshotName& name : names) {
    QSNAP_TRY(progress.check());
    progress.report("reading snapshots", subjects.size(), names.size());
    subjects.push_back({stats_or_problem(store, name, depth, progress), name});
  }
  return subjects;
}

Result<Subject> named_subject(const store::Store& store, const std::string& text, StatsDepth depth,
                              const std::optional<Target>& target, const Progress& progress) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(text));
  QSNAP_ASSIGN(const OpenedSide opened, open_side(store, side, target, {}, progress));
  std::optional<store::SnapshotName> name;
  if (side.kind == store::Side::Kind::name) {
    QSNAP_ASSIGN(name, store::SnapshotName::parse(side.name));
    QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(*name));
    name = place && !name->set() ? name->in(place->set) : *name;  // its history is that of its file
  }
  QSNAP_ASSIGN(SnapshotStats stats, stats_of(name ? name->text() : opened.label, opened.reader, depth, progress));
  if (opened.capture) {
    stats.capture = view_of(*opened.capture);
  }
  return Subject{std::move(stats), std::move(name)};
}

Result<std::vector<Subject>> named_subjects(const store::Store& store, const StatsRequest& request,
                                            const std::optional<Target>& target, const Progress& progress) {
  std::vector<Subject> subjects;
  std::set<std::string> known;
  for (const std::string& text : request.names) {
    QSNAP_ASSIGN(Subject subject, named_subject(store, text, request.depth, target, progress));
    if (request.history && !subject.name) {
      return make_error(ErrorCode::usage, fmt::format("{} has no history", text),
                        {"--history is for snapshots of the work tree, by NAME"});
    }
    if (known.insert(subject.stats.name).second) {
      subjects.push_back(std::move(subject));
    }
  }
  return subjects;
}

/// What the versions in HEAD take of the repository, asked of git at once.
Result<void> add_git_bytes(std::vector<Subject>& subjects, const std::filesystem::path& folder) {
  std::vector<std::string> objects;
  std::vector<SnapshotStats*> asked;
  for (Subject& subject : subjects) {
    if (subject.name) {
      objects.push_back(fmt::format("HEAD:{}/{}", store::k_folder, subject.name->relative_path().generic_string()));
      asked.push_back(&subject.stats);
    }
  }
  if (objects.empty()) {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<std::optional<std::uint64_t>> sizes, git::sizes_on_disk(folder, objects));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    asked[i]->sizes.git = sizes[i];
  }
  return {};
}

}  // namespace

Result<std::vector<SnapshotStats>> snapshot_stats(const store::Store& store, const StatsRequest& request,
                                                  const std::optional<Target>& target, const Progress& progress) {
  QSNAP_ASSIGN(std::vector<Subject> subjects, request.names.empty() ? all_subjects(store, request.depth, progress)
                                                                    : named_subjects(store, request, target, progress));
  QSNAP_TRY(add_git_bytes(subjects, request.folder));
  std::vector<SnapshotStats> all;
  for (Subject& subject : subjects) {
    if (request.history && subject.name) {
      progress.report("reading histories", all.size(), subjects.size());
      QSNAP_ASSIGN(subject.stats.growth, snapshot_growth(request.folder, *subject.name, *request.history, progress));
    }
    all.push_back(std::move(subject.stats));
  }
  return all;
}

}  // namespace qsnap::app
