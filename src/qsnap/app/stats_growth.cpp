// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/snapshot_log.hpp>
#include <qsnap/app/stats_growth.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/object_sizes.hpp>

namespace qsnap::app {

namespace {

using report::VersionStats;

/// The versions, but for what their blobs say.
std::vector<VersionStats> without_numbers(const std::vector<git::FileVersion>& versions) {
  std::vector<VersionStats> stats;
  stats.reserve(versions.size());
  for (const git::FileVersion& version : versions) {
    VersionStats& entry = stats.emplace_back();
    entry.commit = view_of(version.commit);
    entry.problem = version.blob_id.empty() ? "deleted" : "";
  }
  return stats;
}

/// Each blob once, in the order of the history.
std::vector<std::string> ids_of(const std::vector<git::FileVersion>& versions) {
  std::vector<std::string> ids;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const git::FileVersion& version : versions) {
    if (!version.blob_id.empty() && known.emplace(version.blob_id, ids.size()).second) {
      ids.push_back(version.blob_id);
    }
  }
  return ids;
}

/// Of one blob; its commit stays empty.
VersionStats stats_of(const std::filesystem::path& folder, std::unique_ptr<codec::ByteSource> blob) {
  VersionStats stats;
  if (!blob) {
    stats.problem = k_blob_is_missing;
    return stats;
  }
  const Result<StageDocument> snapshot = open_blob_or_object(folder, std::move(blob));
  if (!snapshot) {
    stats.problem = snapshot.error().message;
    return stats;
  }
  stats.jobs = model::count_records(snapshot->document, model::Section::jobs);
  stats.document_bytes = snapshot->document.raw_bytes();
  return stats;
}

using ByBlob = std::unordered_map<std::string, VersionStats>;

Result<ByBlob> read_blobs(const std::filesystem::path& folder, const std::vector<std::string>& ids,
                          const Progress& progress) {
  ByBlob stats;
  QSNAP_TRY(for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
    QSNAP_TRY(progress.check());
    progress.report("reading versions", index, ids.size());
    stats[ids[index]] = stats_of(folder, std::move(blob));
    return {};
  }));
  QSNAP_ASSIGN(const std::vector<std::optional<std::uint64_t>> sizes, git::sizes_on_disk(folder, ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    stats[ids[i]].git_bytes = sizes[i];
  }
  return stats;
}

/// Empty where no commit has the snapshot, or there is none yet.
Result<std::vector<git::FileVersion>> history_if_any(const std::filesystem::path& folder,
                                                     const store::SnapshotName& name) {
  Result<std::vector<git::FileVersion>> versions = snapshot_history(folder, name);
  const bool none = !versions && versions.error().code == ErrorCode::not_found;
  return none ? std::vector<git::FileVersion>{} : std::move(versions);
}

}  // namespace

Result<report::GrowthStats> snapshot_growth(const std::filesystem::path& folder, const store::SnapshotName& name,
                                            std::size_t most, const Progress& progress) {
  QSNAP_ASSIGN(std::vector<git::FileVersion> versions, history_if_any(folder, name));
  report::GrowthStats growth;
  growth.more = versions.size() - std::min(versions.size(), most);
  versions.resize(std::min(versions.size(), most));
  QSNAP_ASSIGN(const ByBlob blobs, read_blobs(folder, ids_of(versions), progress));
  growth.versions = without_numbers(versions);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (!versions[i].blob_id.empty()) {
      VersionStats stats = blobs.at(versions[i].blob_id);
      stats.commit = std::move(growth.versions[i].commit);
      growth.versions[i] = std::move(stats);
    }
  }
  return growth;
}

}  // namespace qsnap::app
