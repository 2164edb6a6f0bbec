// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/driver/textconv.hpp>

namespace qsnap::driver {

/// The view that `qsnap.textconv` of Git's configuration chooses (semantic or full); semantic where it says nothing.
/// Asking git takes longer than a textconv itself, so it is asked only if the environment (`git -c`, GIT_CONFIG_COUNT)
/// or one of the configuration files has a section "qsnap". What these include is not looked at. `folder` is the one
/// that the repository is looked for in, and above; empty: the current one.
[[nodiscard]] TextView configured_view(const std::filesystem::path& folder);

}  // namespace qsnap::driver
