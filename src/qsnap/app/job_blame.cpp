// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/job_blame.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/snapshot_log.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/diff/job_ancestor.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>

namespace qsnap::app {

namespace {

using Versions = std::vector<git::FileVersion>;

/// The jobs of one version that the user may mean: by id, or, where no job has that id, by name.
class Candidates {
 public:
  explicit Candidates(const BlameRequest& request) : m_request(request) {}

  Result<void> read(const codec::SnapshotReader& snapshot) {
    const JobFilter filter{m_request.queue, std::nullopt, std::nullopt};
    Result<void> read = for_each_job(snapshot, filter, [&](const model::Record& job) -> Result<void> {
      const report::JobRow row = job_row(job);
      if (row.id == m_request.job) {
        m_by_id.push_back(job);
      } else if (row.name == m_request.job && m_by_name.size() <= k_most) {
        m_by_name.push_back(job);
      }
      return {};
    });
    // A version may well be older than the queue.
    return !read && read.error().code == ErrorCode::not_found ? Result<void>{} : read;
  }

  /// Absent: no job. Errors with `usage` for several.
  Result<std::optional<model::Record>> the_one() {
    std::vector<model::Record>& found = m_by_id.empty() ? m_by_name : m_by_id;
    if (found.size() > 1) {
      return several(found);
    }
    return found.empty() ? std::optional<model::Record>{} : std::optional{std::move(found.front())};
  }

 private:
  static constexpr std::size_t k_most = 10;

  [[nodiscard]] Error several(const std::vector<model::Record>& jobs) const {
    std::vector<std::string> hints;
    for (std::size_t i = 0; i < std::min(jobs.size(), k_most); ++i) {
      const report::JobRow row = job_row(jobs[i]);
      hints.push_back(fmt::format("--job {} --queue {}: {}, {}", row.id, row.queue, row.name, row.state));
    }
    if (jobs.size() > k_most) {
      hints.emplace_back("and more");
    }
    return make_error(ErrorCode::usage, fmt::format("{} may be several jobs", m_request.job), std::move(hints));
  }

  const BlameRequest& m_request;
  std::vector<model::Record> m_by_id, m_by_name;
};

/// How the stream is told that nothing more is wanted of it.
constexpr const char* k_trail_ends = "the trail ends here";

using Snapshot = std::unique_ptr<codec::SnapshotReader>;

/// A job, and the version in which it was seen.
struct Sighting {
  std::size_t version = 0;  ///< index into the history
  model::Record job;
  Snapshot snapshot;
};

/// From a version to one that was before it.
struct Step {
  diff::JobAncestor ancestor;
  std::string blob;
  Snapshot snapshot;
};

class Trail {
 public:
  Trail(const std::filesystem::path& folder, const BlameRequest& request, const Progress& progress, Versions versions)
      : m_folder(folder), m_request(request), m_progress(progress), m_versions(std::move(versions)) {}

  Result<report::BlameView> follow() {
    QSNAP_TRY(stream());
    if (!m_found) {
      return not_there();
    }
    while (m_seen) {  // what the stream had not in the right order
      QSNAP_TRY(m_progress.check());
      QSNAP_TRY(step_back({}));
    }
    find_since();
    return std::move(m_view);
  }

 private:
  [[nodiscard]] Error not_there() const {
    const std::string& name = m_request.name.text();
    const std::string queue = m_request.queue ? fmt::format(" in the queue {}", *m_request.queue) : "";
    std::vector<std::string> hints = {fmt::format("git qsnap show {} --full lists the jobs of the work tree", name)};
    if (m_unreadable > 0) {
      hints.push_back(fmt::format("{} of its versions cannot be read: git qsnap log {}", m_unreadable, name));
    }
    return make_error(ErrorCode::not_found,
                      fmt::format("no committed version of {} has a job {}{}", name, m_request.job, queue),
                      std::move(hints));
  }

  /// Reads the versions by one process of git, the newest first, which is how most trails go.
  Result<void> stream() {
    const std::vector<std::string> ids = blobs_of(m_versions);
    const Result<void> read =
        for_each_blob(m_folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
          QSNAP_TRY(m_progress.check());
          m_progress.report("following the job", index, ids.size());
          QSNAP_TRY(take(ids[index], std::move(blob)));
          return m_found && !m_seen ? Result<void>{make_error(ErrorCode::cancelled, k_trail_ends)} : Result<void>{};
        });
    return !read && read.error().message == k_trail_ends ? Result<void>{} : read;
  }

  Result<void> take(const std::string& id, std::unique_ptr<codec::ByteSource> blob) {
    if (!m_found) {
      QSNAP_ASSIGN(Snapshot snapshot, open(std::move(blob)));
      m_unreadable += snapshot ? 0U : 1U;
      return snapshot ? look_for_job(id, std::move(snapshot)) : Result<void>{};
    }
    if (m_seen && m_versions[m_seen->version].before_ids == std::vector{id}) {
      QSNAP_ASSIGN(Snapshot before, open(std::move(blob)));
      return step_back(std::move(before));
    }
    return {};
  }

  /// Null for a version that cannot be read.
  [[nodiscard]] Result<Snapshot> open(std::unique_ptr<codec::ByteSource> blob) const {
    if (!blob) {
      return Snapshot{};
    }
    Result<StageDocument> opened = open_blob_or_object(m_folder, std::move(blob));
    return opened ? std::make_unique<codec::SnapshotReader>(std::move(opened->document)) : Result<Snapshot>{nullptr};
  }

  Result<Snapshot> open(const std::string& id) const {
    Snapshot snapshot;
    QSNAP_TRY(for_each_blob(m_folder, std::array{id},
                            [&](std::size_t /*index*/, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                              QSNAP_ASSIGN(snapshot, open(std::move(blob)));
                              return {};
                            }));
    return snapshot;
  }

  Result<void> look_for_job(const std::string& id, Snapshot snapshot) {
    Candidates candidates{m_request};
    QSNAP_TRY(candidates.read(*snapshot));
    QSNAP_ASSIGN(std::optional<model::Record> job, candidates.the_one());
    const auto version = std::find_if(m_versions.begin(), m_versions.end(),
                                      [&](const git::FileVersion& entry) { return entry.blob_id == id; });
    if (!job || version == m_versions.end()) {
      return {};
    }
    const report::JobRow row = job_row(*job);
    m_found = true;
    m_view.name = m_request.name.text();
    m_view.id = row.id;
    m_view.job_name = row.name;
    m_view.place = {row.queue, row.state};
    m_seen = Sighting{static_cast<std::size_t>(version - m_versions.begin()), *std::move(job), std::move(snapshot)};
    add_removal(m_seen->version);
    return {};
  }

  /// By the version that came after the last one with the job, if there is any.
  void add_removal(std::size_t last) {
    const std::string& blob = m_versions[last].blob_id;
    const auto end = std::make_reverse_iterator(m_versions.begin());
    const auto version =
        std::find_if(std::make_reverse_iterator(m_versions.begin() + static_cast<std::ptrdiff_t>(last)), end,
                     [&](const git::FileVersion& newer) {
                       const auto& ids = newer.before_ids;
                       return std::find(ids.begin(), ids.end(), blob) != ids.end();
                     });
    if (version == end) {
      return;
    }
    diff::Change change;
    change.kind = diff::ChangeKind::removed;
    change.subject = diff::Subject::job;
    change.id = m_view.id;
    change.name = m_view.job_name;
    change.before = m_view.place;
    m_view.steps.push_back({view_of(version->commit), std::move(change)});
  }

  /// What the version in which the job was last seen did to it; then it is seen in the one before that, if it was
  /// there. `before` is that of the only parent, where it is at hand.
  Result<void> step_back(Snapshot before) {
    const Sighting seen = *std::exchange(m_seen, std::nullopt);
    const git::FileVersion& version = m_versions[seen.version];
    std::optional<Step> nearest;
    for (const std::string& blob : version.before_ids) {
      if (!before) {
        QSNAP_ASSIGN(before, open(blob));
      }
      if (!before) {
        m_view.note = fmt::format("the version before {} cannot be read", version.commit.short_id);
        return {};
      }
      if (before->metadata().redaction_key_id != seen.snapshot->metadata().redaction_key_id) {
        m_view.note = fmt::format("{} was redacted in another way: the job cannot be followed further back",
                                  version.commit.short_id);
        return {};
      }
      const frameworks::decode::DecodingPayloadReader payloads;
      QSNAP_ASSIGN(diff::JobAncestor ancestor,
                   diff::job_ancestor(*before, *seen.snapshot, seen.job, payloads, m_progress));
      // Of the parents of a merge, the one from which the job came as it is.
      if (!nearest || (ancestor.before && (!nearest->ancestor.before || !ancestor.change))) {
        nearest.emplace(Step{std::move(ancestor), blob, std::move(before)});
      }
      before = nullptr;
    }
    if (!nearest) {  // the commit that brought in the snapshot
      m_view.steps.push_back({view_of(version.commit), added(seen.job)});
      return {};
    }
    note(seen.version, *std::move(nearest));
    return {};
  }

  void note(std::size_t at, Step step) {
    const git::FileVersion& version = m_versions[at];
    if (step.ancestor.change) {
      m_view.steps.push_back({view_of(version.commit), *std::move(step.ancestor.change)});
    }
    if (!step.ancestor.before) {
      return;
    }
    const auto older = std::find_if(m_versions.begin() + static_cast<std::ptrdiff_t>(at) + 1, m_versions.end(),
                                    [&](const git::FileVersion& entry) { return entry.blob_id == step.blob; });
    if (older == m_versions.end()) {
      m_view.note = fmt::format("Git does not tell where the version before {} came from", version.commit.short_id);
      return;
    }
    m_seen = Sighting{static_cast<std::size_t>(older - m_versions.begin()), *std::move(step.ancestor.before),
                      std::move(step.snapshot)};
  }

  static diff::Change added(const model::Record& job) {
    const report::JobRow row = job_row(job);
    diff::Change change;
    change.kind = diff::ChangeKind::added;
    change.subject = diff::Subject::job;
    change.id = row.id;
    change.name = row.name;
    change.after = diff::Place{row.queue, row.state};
    return change;
  }

  /// The step that brought the job to where it is: the newest one into that queue and state.
  void find_since() {
    for (std::size_t i = 0; i < m_view.steps.size() && !m_view.since; ++i) {
      const diff::ChangeKind kind = m_view.steps[i].change.kind;
      if (kind == diff::ChangeKind::moved || kind == diff::ChangeKind::added) {
        m_view.since = i;
      }
    }
  }

  const std::filesystem::path& m_folder;
  const BlameRequest& m_request;
  const Progress& m_progress;
  Versions m_versions;
  report::BlameView m_view;
  std::size_t m_unreadable = 0;    ///< versions that may have had the job
  bool m_found = false;            ///< then the view tells which job it is
  std::optional<Sighting> m_seen;  ///< absent before it is found, and where the trail ends
};

}  // namespace

Result<report::BlameView> blame_job(const std::filesystem::path& folder, const BlameRequest& request,
                                    const Progress& progress) {
  QSNAP_ASSIGN(Versions versions, snapshot_history(folder, request.name));
  return Trail{folder, request, progress, std::move(versions)}.follow();
}

}  // namespace qsnap::app
