// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/range_versions.hpp>
#include <qsnap/app/work_tree_files.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
/// By the path that the snapshot has, or would have, in Git: one that went to LFS is the same.
using PairsByPath = std::map<std::string, VersionPair>;

bool is_wanted(const DiffRange& range, const std::optional<store::SnapshotName>& name) {
  return name && (range.names.empty() || std::find(range.names.begin(), range.names.end(), *name) != range.names.end());
}

Result<void> refuse_unknown_names(const DiffRange& range, const PairsByPath& pairs) {
  for (const store::SnapshotName& name : range.names) {
    if (!pairs.contains(store::paths_of(name).front())) {
      return make_error(ErrorCode::not_found,
                        fmt::format("there is no snapshot {} on either side of {}", name.text(), range.text),
                        {"git qsnap list shows every snapshot of the work tree"});
    }
  }
  return {};
}

bool is_same_file(const VersionPair& pair) {
  return pair.before && pair.after && pair.before->blob_id == pair.after->blob_id &&
         pair.before->mode == pair.after->mode;
}

/// What went with one path and came with another, with the same bytes.
void join_renamed(PairsByPath& pairs) {
  std::map<std::string, PairsByPath::iterator> removed;
  for (auto at = pairs.begin(); at != pairs.end(); ++at) {
    if (at->second.before && !at->second.after) {
      removed.emplace(at->second.before->blob_id, at);
    }
  }
  for (auto& [path, pair] : pairs) {
    const auto from = pair.before ? removed.end() : removed.find(pair.after->blob_id);
    if (from != removed.end()) {
      pair.before = std::move(from->second->second.before);
      pairs.erase(from->second);
      removed.erase(from);
    }
  }
}

}  // namespace

Result<RangeVersions> range_versions(const fs::path& folder, const DiffRange& range,
                                     const std::optional<store::Store>& store) {
  QSNAP_ASSIGN(std::vector<TrackedFile> before, tracked_files(folder, range.before));
  QSNAP_ASSIGN(std::vector<TrackedFile> after,
               range.after ? tracked_files(folder, range.after) : work_tree_files(folder, store.value()));
  PairsByPath pairs;
  for (auto [files, side] : {std::pair{&before, &VersionPair::before}, std::pair{&after, &VersionPair::after}}) {
    for (TrackedFile& file : *files) {
      const auto name = store::name_of_path(file.path);
      if (is_wanted(range, name)) {
        pairs[store::paths_of(*name).front()].*side = file;
      }
    }
  }
  QSNAP_TRY(refuse_unknown_names(range, pairs));
  RangeVersions versions;
  versions.unchanged = std::erase_if(pairs, [](const auto& entry) { return is_same_file(entry.second); });
  join_renamed(pairs);
  for (auto& [path, pair] : pairs) {
    versions.pairs.push_back(std::move(pair));
  }
  return versions;
}

}  // namespace qsnap::app
