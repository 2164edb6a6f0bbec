// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// What every connection begins with: logs in, asks what kind of server this is, selects the database. Errors with
/// `refused` for a Redis Cluster node and for a Sentinel, which names its primaries; `redis_denied` for a login that
/// fails; `usage` for a database that is not there.
Result<void> greet(Connection& connection, const Endpoint& endpoint);

}  // namespace qsnap::redis
