// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::app {

/// A document with conflicts that nobody has resolved can be looked at, but it is no state: neither to be loaded nor to
/// be expected. Errors with `corrupt`.
Result<void> refuse_conflicts(const codec::SnapshotReader& snapshot);

}  // namespace qsnap::app
