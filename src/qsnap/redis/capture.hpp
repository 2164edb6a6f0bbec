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

/// What the user asks for.
enum class Consistency { automatic, freeze, fork, rounds, none };

/// How an image was had.
///   freeze  client tracking while reading, then a short CLIENT PAUSE WRITE for the last dirty keys
///   rounds  client tracking, read again until a whole round was clean (no right to pause)
///   fork    the server forks and streams its image (diskless SYNC)
///   none    read once, torn if anybody writes meanwhile
enum class CaptureMode { freeze, rounds, fork, none };

struct CaptureOptions {
  Consistency consistency = Consistency::automatic;
  std::vector<std::string> prefixes;  ///< keys that start with one of these; empty = the whole database
  std::size_t pipeline_depth = 100;
  std::chrono::milliseconds pause_bound{40};
  int rounds = 8;   ///< re-reads before giving up with `inconsistent`, which names the hottest key
  int retries = 3;  ///< of the whole capture, with back-off, after a lost connection
};

/// An image and how it was made. Everything but the image and captured_at is told to the user, never stored.
struct Capture {
  std::unique_ptr<model::Keyspace> keyspace;
  Instant captured_at;  ///< the server's TIME at the point of the image
  CaptureMode mode = CaptureMode::freeze;
  std::vector<std::string> reasons;     ///< why this mode, a sentence each; may hold hostile bytes
  std::chrono::microseconds pause{0};   ///< the longest time that writers were kept waiting (freeze)
  std::chrono::milliseconds waited{0};  ///< for the server to begin its image (fork: repl-diskless-sync-delay)
  int rounds = 0;
};

/// Reads one database of a live Redis. A key whose expiry is not after captured_at is not in the image. A connection
/// that is lost means a new capture from the start, never half of one.
Result<Capture> capture(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
