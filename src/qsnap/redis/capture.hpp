// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  /// Before the first retry; doubled before each further one, up to ten seconds, and up to half of it more or less.
  std::chrono::milliseconds retry_delay{200};
};

/// An image and how it was made. Everything but the image and captured_at is told to the user, never stored.
struct Capture {
  std::unique_ptr<model::Keyspace> keyspace;
  Instant captured_at;  ///< the server's TIME at the point of the image
  CaptureMode mode = CaptureMode::freeze;
  std::vector<std::string> reasons;  ///< why this mode, a sentence each; may hold hostile bytes
  /// The longest time that writers were kept waiting: measured (freeze), or as the server tells of its fork (fork).
  std::chrono::microseconds pause{0};
  std::chrono::milliseconds waited{0};  ///< for the server to begin its image (fork: repl-diskless-sync-delay)
  int rounds = 0;
};

[[nodiscard]] std::string_view to_text(CaptureMode mode);
/// auto, freeze, fork, rounds, none; anything else is absent.
[[nodiscard]] std::optional<Consistency> parse_consistency(std::string_view word);

/// Reads one database of a live Redis. A key whose expiry is not after captured_at is not in the image. A connection
/// that is lost means a new capture from the start, never half of one. `automatic` tries the next mode when the best
/// one fails for a reason that the other does not share, and never ends as `none`; a mode that was asked for by name
/// is the only one that is tried.
Result<Capture> capture(const Endpoint& endpoint, const CaptureOptions& options, const Progress& progress);

}  // namespace qsnap::redis
