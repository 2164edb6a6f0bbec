// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// What each of these objects ("HEAD:a/b", or an id) takes of the disk, in bytes: compressed, and in a pack mostly the
/// difference to another one. Absent for an object that the repository does not have. One process of git; nothing is
/// inflated. REQUIRES: no object holds a line end. Errors with `git` where it cannot be run.
Result<std::vector<std::optional<std::uint64_t>>> sizes_on_disk(const std::filesystem::path& folder,
                                                                std::span<const std::string> objects);

}  // namespace qsnap::git
