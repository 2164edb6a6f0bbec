// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/album.hpp>

namespace qsnap::app {

/// The albums of all branches, local ones and those that remotes were seen to have, each state of one once. A broken
/// one is an error that names it. `folder` is where git runs.
Result<std::vector<store::Album>> albums_of_branches(const std::filesystem::path& folder);

}  // namespace qsnap::app
