// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/redis/capture.hpp>

namespace qsnap::redis {

/// Modes freeze and rounds: typed reads while CLIENT TRACKING tells what was written meanwhile, and a short CLIENT
/// PAUSE WRITE for what was written last. Without the right to pause it goes on in rounds until one of them was clean;
/// if the caller insists on freeze, that is an error. Only reads, but for TRACKING on its own connections and the
/// pause, which carries its own bound and is never ended by us: somebody else may have begun one, too.
Result<Capture> capture_by_tracking(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
