// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/config/config.hpp>

/// What Git's index holds of a merge that it could not finish: up to three versions of a path.
namespace qsnap::app {

struct Stage {
  std::string mode;     ///< as Git writes it: "100644"
  std::string blob_id;  ///< hexadecimal

  friend bool operator==(const Stage&, const Stage&) = default;
};

/// Absent: that side does not have the file.
struct MergeStages {
  std::string path;  ///< from the top of the repository; bytes, untrusted
  std::optional<Stage> base, ours, theirs;
};

/// Every snapshot that Git has not finished merging, sorted by path. `folder` is any folder of the work tree.
Result<std::vector<MergeStages>> unmerged_snapshots(const std::filesystem::path& folder);
/// Those of one path, from the top; also after a `git add`, which Git can undo until the commit. Absent for none.
Result<std::optional<MergeStages>> stages_of(const std::filesystem::path& folder, std::string_view path);

/// Every snapshot whose merge was resolved, with the versions that Git remembers of it: until a checkout or a reset.
Result<std::vector<MergeStages>> resolved_snapshots(const std::filesystem::path& folder);

/// Puts a path in conflict, whatever the index has of it. Nothing else is touched. REQUIRES: one version at least
Result<void> write_stages(const std::filesystem::path& folder, const MergeStages& stages);

/// One version, opened, also where the index has a pointer of Git LFS: its object has to be here.
struct StageDocument {
  codec::SnapshotReader document;
  bool is_pointer = false;
};
Result<StageDocument> open_blob_or_object(const std::filesystem::path& folder, std::unique_ptr<codec::ByteSource> blob);
Result<StageDocument> open_stage(const std::filesystem::path& folder, const Stage& stage);

/// The rules by which the driver merged this path: config.yaml of our side (HEAD, whatever the merge brought into the
/// work tree), then the attribute `qsnap-policy`. Errors with `config` for what the driver would not take either.
Result<config::Config> rules_of_merge(const std::filesystem::path& folder, const std::string& path);

/// Whether a rebase is under way: then Git's "ours" is what the user's commits are put upon.
Result<bool> is_rebasing(const std::filesystem::path& folder);

}  // namespace qsnap::app
