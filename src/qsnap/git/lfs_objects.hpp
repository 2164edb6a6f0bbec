// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// Where git-lfs keeps objects: `lfs.storage` of the configuration, else lfs/ in the common git dir. `folder` is where
/// git is asked. Errors with `git`. The folder may not be there.
Result<std::filesystem::path> lfs_objects_folder(const std::filesystem::path& folder,
                                                 const std::filesystem::path& common_dir);

/// Where in there an object is. REQUIRES: 64 hexadecimal digits
[[nodiscard]] std::filesystem::path lfs_object_path(const std::filesystem::path& objects, std::string_view object_id);

}  // namespace qsnap::git
