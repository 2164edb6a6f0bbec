// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/resolve_choices.hpp>
#include <qsnap/base/result.hpp>

/// Decisions that outlive a command, in the git dir.
namespace qsnap::app {

/// Those of one merge that is not finished: <git dir>/qsnap/resolve/<digest of the path>. Versions other than those
/// that they were made for make them void.
Result<Choices> unfinished_choices(const std::filesystem::path& git_dir, const MergeStages& stages);
Result<void> keep_unfinished_choices(const std::filesystem::path& git_dir, const MergeStages& stages,
                                     const Choices& choices);
Result<void> forget_unfinished_choices(const std::filesystem::path& git_dir, const std::string& path);

/// Those that shall be used again, by conflict_digest(): <common git dir>/qsnap/rerere/decisions, the last 10,000.
Result<Choices> remembered_choices(const std::filesystem::path& common_dir);
/// Adds to them; a conflict that is there already gets the new decision.
Result<void> remember_choices(const std::filesystem::path& common_dir, const Choices& choices);

}  // namespace qsnap::app
