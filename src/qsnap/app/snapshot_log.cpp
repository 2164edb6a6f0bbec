// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/snapshot_log.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

/// What the log tells of one blob.
struct Summary {
  std::string problem;  ///< why it cannot be read
  std::string root, fingerprint;
  std::uint64_t jobs = 0;
  std::vector<report::QueueView> queues;
};
using Summaries = std::unordered_map<std::string, Summary>;  ///< by blob

Result<Summary> summarize_snapshot(const codec::SnapshotReader& snapshot) {
  QSNAP_ASSIGN(report::SnapshotView view, summarize({}, snapshot));
  return Summary{{}, std::string{snapshot.root()}, std::move(view.fingerprint), view.jobs, std::move(view.queues)};
}

Summary unreadable(std::string why) {
  Summary summary;
  summary.problem = std::move(why);
  return summary;
}

/// A blob that cannot be read is no failure of the log.
Summary summarize_blob(const std::filesystem::path& folder, std::unique_ptr<codec::ByteSource> blob) {
  if (!blob) {
    return unreadable(std::string{k_blob_is_missing});
  }
  const Result<StageDocument> snapshot = open_blob_or_object(folder, std::move(blob));
  Result<Summary> summary = snapshot ? summarize_snapshot(snapshot->document) : Result<Summary>{snapshot.error()};
  return summary ? *std::move(summary) : unreadable(summary.error().message);
}

Result<Summaries> read_summaries(const std::filesystem::path& folder, const std::vector<git::FileVersion>& versions,
                                 const Progress& progress) {
  const std::vector<std::string> ids = blobs_of(versions);
  Summaries summaries;
  QSNAP_TRY(for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
    QSNAP_TRY(progress.check());
    progress.report("reading versions", index, ids.size());
    summaries[ids[index]] = summarize_blob(folder, std::move(blob));
    return {};
  }));
  return summaries;
}

report::VersionChange change_between(const Summary* before, const Summary& after) {
  using report::VersionChange;
  if (before == nullptr) {
    return VersionChange::created;
  }
  if (!before->problem.empty() || !after.problem.empty()) {
    return VersionChange::unknown;
  }
  if (before->root == after.root) {
    return VersionChange::same_document;
  }
  return before->fingerprint == after.fingerprint ? VersionChange::same_meaning : VersionChange::changed;
}

void count(const std::vector<report::QueueView>& queues, std::map<std::string, diff::QueueCounts>& counts,
           std::map<std::string, std::uint64_t> diff::QueueCounts::*side) {
  for (const report::QueueView& queue : queues) {
    for (const report::StateJobs& state : queue.states) {
      (counts[queue.queue].*side)[state.state] += state.jobs;
    }
  }
}

report::LoggedVersion logged(const git::FileVersion& version, const Summaries& summaries) {
  report::LoggedVersion entry;
  entry.commit = view_of(version.commit);
  entry.renamed_from = version.renamed_from;
  const Summary* before = version.before_ids.empty() ? nullptr : &summaries.at(version.before_ids.front());
  if (before != nullptr) {
    count(before->queues, entry.queues, &diff::QueueCounts::before);
  }
  if (version.blob_id.empty()) {
    entry.change = report::VersionChange::deleted;
    return entry;
  }
  const Summary& after = summaries.at(version.blob_id);
  entry.change = change_between(before, after);
  entry.problem = after.problem;
  entry.jobs = after.jobs;
  count(after.queues, entry.queues, &diff::QueueCounts::after);
  return entry;
}

using Versions = std::vector<git::FileVersion>;

/// A snapshot that went to Git LFS, or came back, in the order of Git. The commit in which it went has it twice, as
/// deleted here and added there: that is one change.
Result<Versions> one_history(const std::filesystem::path& folder, Versions in_git, Versions in_lfs) {
  QSNAP_ASSIGN(
      const std::string commits,
      git::git_output(
          {folder, {"rev-list", "--topo-order", "HEAD", "--", std::string{store::k_pathspec}}, {}, limits::k_gib}));
  std::unordered_map<std::string_view, std::size_t> order;
  for (const std::string_view commit : split(commits, '\n')) {
    order.emplace(commit, order.size());
  }
  const auto place = [&](const git::FileVersion& version) {
    const auto at = order.find(version.commit.id);
    return at != order.end() ? at->second : order.size();
  };
  Versions all = std::move(in_git);
  std::move(in_lfs.begin(), in_lfs.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return std::pair{place(a), a.blob_id.empty()} < std::pair{place(b), b.blob_id.empty()};
  });
  Versions joined;
  for (git::FileVersion& version : all) {
    if (!joined.empty() && joined.back().commit.id == version.commit.id && version.blob_id.empty()) {
      joined.back().before_ids = std::move(version.before_ids);
    } else {
      joined.push_back(std::move(version));
    }
  }
  return joined;
}

}  // namespace

report::CommitView view_of(const git::Commit& commit) {
  return {commit.id, commit.short_id, commit.author, commit.subject, commit.at};
}

std::vector<std::string> blobs_of(const std::vector<git::FileVersion>& versions) {
  std::vector<std::string> ids;
  std::set<std::string_view> known;
  const auto add = [&](const std::string& id) {
    if (!id.empty() && known.insert(id).second) {
      ids.push_back(id);
    }
  };
  for (const git::FileVersion& version : versions) {
    add(version.blob_id);
    std::for_each(version.before_ids.begin(), version.before_ids.end(), add);
  }
  return ids;
}

Result<std::vector<git::FileVersion>> snapshot_history(const std::filesystem::path& folder,
                                                       const store::SnapshotName& name) {
  const auto& [in_git, in_lfs] = store::paths_of(name);
  QSNAP_ASSIGN(std::vector<git::FileVersion> versions, git::file_history(folder, in_git));
  QSNAP_ASSIGN(std::vector<git::FileVersion> large, git::file_history(folder, in_lfs));
  if (!versions.empty() && !large.empty()) {
    return one_history(folder, std::move(versions), std::move(large));
  }
  if (versions.empty()) {
    versions = std::move(large);
  }
  if (versions.empty()) {
    return make_error(ErrorCode::not_found, fmt::format("no commit of this branch has a snapshot {}", name.text()),
                      {"git qsnap list shows every snapshot of the work tree"});
  }
  return versions;
}

Result<report::LogView> snapshot_log(const std::filesystem::path& folder, const store::SnapshotName& name,
                                     std::optional<std::size_t> most, const Progress& progress) {
  QSNAP_ASSIGN(std::vector<git::FileVersion> versions, snapshot_history(folder, name));
  report::LogView view;
  view.name = name.text();
  if (most && *most < versions.size()) {
    view.more = versions.size() - *most;
    versions.resize(*most);
  }
  QSNAP_ASSIGN(const Summaries summaries, read_summaries(folder, versions, progress));
  for (const git::FileVersion& version : versions) {
    view.versions.push_back(logged(version, summaries));
  }
  return view;
}

}  // namespace qsnap::app
