// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qsnap::merge {

/// The two states that are merged: ours is the branch that we are on.
enum class Side : std::uint8_t { ours, theirs };

}  // namespace qsnap::merge
