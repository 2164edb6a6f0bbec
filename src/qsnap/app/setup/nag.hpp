// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/base/clock.hpp>

namespace qsnap::app::setup {

enum class NagFor : std::uint8_t { reading, writing };

/// One line for somebody who works with snapshots in a repository where Git is not set up for them, at most once a
/// day: <common>/qsnap/nagged remembers the date. Where it cannot be written, nothing is said. Costs a few looks at
/// files; git is asked once a day at the most.
[[nodiscard]] std::optional<std::string> nag(const std::filesystem::path& folder, NagFor what, Instant now);

/// Whether Git is set up for the repository that contains `folder`; absent outside of one.
[[nodiscard]] std::optional<bool> is_set_up(const std::filesystem::path& folder);

}  // namespace qsnap::app::setup
