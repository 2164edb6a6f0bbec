// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace qsnap::driver {

/// Whether the index has a blob of exactly these bytes at `path` (from the top of the work tree), in any stage. The
/// index is the one of GIT_INDEX_FILE, if Git has set that. `folder` is where git runs; empty: the current one. No
/// repository, or a git that fails: no.
[[nodiscard]] bool index_has(const std::filesystem::path& folder, const std::string& path, std::string_view bytes);

}  // namespace qsnap::driver
