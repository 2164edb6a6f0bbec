// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/renamed_twice.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

using Entries = std::vector<const MergeStages*>;

struct Sorted {
  Entries before, ours, theirs;
};

/// Entries that only one stage has.
Sorted lone_entries(std::span<const MergeStages> unmerged) {
  Sorted sorted;
  for (const MergeStages& entry : unmerged) {
    const int stages = (entry.base ? 1 : 0) + (entry.ours ? 1 : 0) + (entry.theirs ? 1 : 0);
    if (stages == 1) {
      (entry.base ? sorted.before : entry.ours ? sorted.ours : sorted.theirs).push_back(&entry);
    }
  }
  return sorted;
}

/// The one entry with this blob; null for none, and for several.
const MergeStages* only(const Entries& entries, const std::string& blob_id, std::optional<Stage> MergeStages::*stage) {
  const auto has_it = [&](const MergeStages* entry) { return (entry->*stage)->blob_id == blob_id; };
  const auto first = std::find_if(entries.begin(), entries.end(), has_it);
  return std::count_if(entries.begin(), entries.end(), has_it) == 1 ? *first : nullptr;
}

}  // namespace

std::vector<RenamedTwice> renamed_twice(std::span<const MergeStages> unmerged) {
  const Sorted entries = lone_entries(unmerged);
  const bool is_only_one = entries.before.size() == 1 && entries.ours.size() == 1 && entries.theirs.size() == 1;
  std::vector<RenamedTwice> renamed;
  for (const MergeStages* ours : entries.ours) {
    const std::string& blob = ours->ours->blob_id;
    const MergeStages* const theirs = only(entries.theirs, blob, &MergeStages::theirs);
    const MergeStages* const before =
        is_only_one ? entries.before.front() : only(entries.before, blob, &MergeStages::base);
    if (theirs != nullptr && before != nullptr && only(entries.ours, blob, &MergeStages::ours) == ours) {
      renamed.push_back({before->path, ours->path, theirs->path});
    }
  }
  return renamed;
}

Result<std::optional<RenamedTwice>> find_renamed_twice(const std::filesystem::path& folder, std::string_view path) {
  QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(folder));
  std::vector<RenamedTwice> renamed = renamed_twice(unmerged);
  const auto one = std::find_if(renamed.begin(), renamed.end(),
                                [&](const RenamedTwice& candidate) { return candidate.contains(path); });
  return one != renamed.end() ? std::optional{std::move(*one)} : std::nullopt;
}

Result<report::ResolveView> keep_name(const std::filesystem::path& folder, const RenamedTwice& renamed, Take take) {
  if (take == Take::base) {
    return make_error(ErrorCode::usage, "both sides gave it another name", {"--ours, or --theirs"});
  }
  const std::string& kept_path = take == Take::ours ? renamed.by_ours : renamed.by_theirs;
  std::optional<OpenMerge> kept;
  std::vector<OpenMerge> removed;
  for (const std::string& path : {renamed.before, renamed.by_ours, renamed.by_theirs}) {
    const auto name = store::name_of_path(path);
    if (!name) {
      return make_error(ErrorCode::refused, "its path is no name of a snapshot", {"git rm, git add"});
    }
    QSNAP_ASSIGN(OpenMerge merge, find_merge(folder, *name));
    if (path == kept_path) {
      kept.emplace(std::move(merge));
    } else {
      removed.push_back(std::move(merge));
    }
  }
  QSNAP_ASSIGN(report::ResolveView view, settle_deleted(kept.value(), DeletedFile::keep));  // it alone can be refused
  for (const OpenMerge& merge : removed) {
    QSNAP_TRY(settle_deleted(merge, DeletedFile::remove));
  }
  return view;
}

}  // namespace qsnap::app
