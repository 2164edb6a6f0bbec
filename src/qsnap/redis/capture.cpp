// SPDX-License-Identifier: Apache-2.0
#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/tracking_capture.hpp>

namespace qsnap::redis {

Result<Capture> capture(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress) {
  return capture_by_tracking(endpoint, options, progress);
}

}  // namespace qsnap::redis
