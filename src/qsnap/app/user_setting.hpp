// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace qsnap::app {

/// A variable of Git's configuration as the user or the machine sets it, whatever the repository here says: what names
/// a program to be run is taken from nowhere else (law 6). Absent where nobody set it, and where git cannot tell.
[[nodiscard]] std::optional<std::string> user_setting(const std::string& name);

}  // namespace qsnap::app
