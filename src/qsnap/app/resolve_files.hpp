// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <qsnap/app/resolve.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>

/// A merge of files that somebody else has laid out, as `git mergetool` does.
namespace qsnap::app {

struct MergedFiles {
  std::string base;  ///< empty, or not there: both sides added the file
  std::string ours, theirs;
  std::string merged;  ///< where the result goes; `git mergetool` runs at the top, and this is the path from there
};

/// Errors as reading does.
Result<Resolution> open_files(const std::filesystem::path& folder, const MergedFiles& files, const Progress& progress);

/// Old file or new one. REQUIRES: nothing is left
Result<void> write_merged_file(const MergedFiles& files, const Resolution& resolution, const Progress& progress);

}  // namespace qsnap::app
