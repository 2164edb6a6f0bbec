// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/redis/capture.hpp>

namespace qsnap::redis {

/// Mode fork: the server forks and streams its database over SYNC without touching its disk (`REPLCONF capa eof`,
/// `rdb-only` where the server has it), and RdbReader reads it as it comes. The form that makes the server write its
/// dump.rdb is never asked for. captured_at is the server's TIME when the first byte of the image arrives.
Result<Capture> capture_by_fork(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
