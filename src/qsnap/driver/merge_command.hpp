// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace qsnap::driver {

/// `git-qsnap-driver merge …`, from its arguments on. Answers 0 or 1, and whatever happens, the process ends with one
/// of these: only they mean the same to every git (from 2.42 on, more than 128 ends the whole merge). Reads
/// QSNAP_DISABLE and QSNAP_FAVOR. Prints to standard error alone.
int run_merge(std::span<const char* const> arguments);

}  // namespace qsnap::driver
