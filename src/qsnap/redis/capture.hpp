// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

/// How a consistent image was had.
///   freeze  client tracking while reading, then a short CLIENT PAUSE WRITE for the last dirty keys
///   rounds  client tracking, read again until a whole round was clean (no right to pause)
enum class CaptureMode { freeze, rounds };

struct CaptureOptions {
  std::vector<std::string> prefixes;  ///< keys that start with one of these; empty = the whole database
  std::size_t pipeline_depth = 100;
  std::chrono::milliseconds pause_bound{40};
  int rounds = 8;  ///< re-reads before giving up with `inconsistent`, which names the hottest key
};

/// A point-in-time image and how it was made. Mode and pause are told to the user, never stored.
struct Capture {
  std::unique_ptr<model::Keyspace> keyspace;
  Instant captured_at;  ///< the server's TIME at the point of the image
  CaptureMode mode = CaptureMode::freeze;
  std::chrono::microseconds pause{0};
  int rounds = 0;
};

/// Reads one database of a live Redis. Only reads, but for CLIENT TRACKING on its own connections and CLIENT PAUSE
/// WRITE (bounded, and never ended if somebody else began one). A key whose expiry is not after captured_at is not
/// in the image.
Result<Capture> capture(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
