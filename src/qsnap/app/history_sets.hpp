// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/set_name.hpp>

namespace qsnap::app {

/// The sets that have dated captures in this repository (store/history.hpp), sorted by their encoded names. `folder` is
/// any folder of it, or a bare one.
Result<std::vector<store::SetName>> history_sets(const std::filesystem::path& folder);

}  // namespace qsnap::app
