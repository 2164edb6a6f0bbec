// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/load_policy.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// How a document becomes keys.
struct RebuildOptions {
  /// Every key and time, locks, dangling ids and damage included. Otherwise locks and dangling ids are dropped.
  bool exact = false;
  /// Added to every instant (model::shift_time). Zero with exact.
  std::chrono::milliseconds shift{0};
  /// Keys whose (shifted) expiry is not after this have lapsed and are not written.
  Instant now;
  /// From 2 on, records are decoded and parsed here while a second thread rebuilds keys and writes them into the sink.
  /// What is written does not depend on it.
  std::size_t threads = 1;
  /// Added to when jobs are due, beside the shift.
  std::chrono::milliseconds due_shift{0};
  /// REQUIRES: check_policy() had nothing against it; no policy with exact
  LoadPolicy policy = {};
};

/// What a rebuild left out, and why: printed by `load`.
struct Dropped {
  std::uint64_t locks = 0;         ///< verbatim keys of that role
  std::uint64_t dangling_ids = 0;  ///< ids without a body, and ids that stand once more
  std::uint64_t lapsed = 0;        ///< keys

  friend bool operator==(const Dropped&, const Dropped&) = default;
};

struct RebuildOutcome {
  Dropped dropped;
  JobTally jobs;
};

/// Writes every key of the document into `sink`. One pass over the source; a document is untrusted, so records that
/// do not fit are `corrupt`. Writes come in document order, but that jobs which are requeued come before all others
/// (for that the jobs are read twice); their stages are the sink's business. Nobody but the second thread, if there is
/// one, uses the sink until this returns.
Result<RebuildOutcome> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options,
                                    model::KeySink& sink, const AdapterList& among = adapters());

}  // namespace qsnap::frameworks
