// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/merge_report.hpp>

namespace qsnap::app {

struct MergeFilesRequest {
  std::filesystem::path folder;  ///< its config.yaml has the rules; without one, none do
  std::filesystem::path base;    ///< an empty file: both sides added the snapshot
  std::filesystem::path ours, theirs;
  std::filesystem::path output;  ///< may be one of the three
};

/// Merges three files by meaning, wherever they come from: no repository is needed. The output is replaced in one step,
/// in the form that Git keeps; with conflicts, it carries them. Errors with `not_found` for no such file, with
/// `corrupt` for one that is no snapshot or has conflicts itself, and as merge::merge does; then the output is
/// untouched.
Result<report::MergeFilesView> merge_files(const MergeFilesRequest& request, const Progress& progress);

}  // namespace qsnap::app
