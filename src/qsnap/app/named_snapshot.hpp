// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// The name that the user means: NAME, or of a point of history (prod@latest) that of the entry which it means now.
/// Errors with `usage` for every other side of a comparison, and with not_found for a point that no entry has.
Result<store::SnapshotName> named_snapshot(const store::Store& store, std::string_view text, Instant now);

}  // namespace qsnap::app
