// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// What Git takes snapshots for, as its attributes say.
namespace qsnap::app::setup {

/// Whether `paths` (from the top) and two that any repository could have are snapshots to Git.
Result<report::SetupCheck> attributes_check(const RepositoryPlaces& repository, const std::vector<std::string>& paths);

/// The same with the attribute files of the work tree alone, as in a clone where nothing is installed.
/// `empty_git_dir` is that of a repository without configuration.
Result<report::SetupCheck> clone_attributes_check(const RepositoryPlaces& repository,
                                                  const std::filesystem::path& empty_git_dir,
                                                  const std::vector<std::string>& paths);

}  // namespace qsnap::app::setup
