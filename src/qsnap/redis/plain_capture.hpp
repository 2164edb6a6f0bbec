// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/redis/capture.hpp>

namespace qsnap::redis {

/// Mode none: reads the keys once, one after the other. No point in time unless nobody writes: for idle test servers,
/// and for showing that the other modes are needed. The snapshot's metadata says `"consistency":"none"`.
Result<Capture> capture_plainly(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
