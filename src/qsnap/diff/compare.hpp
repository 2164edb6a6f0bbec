// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// How much is told of a change.
enum class Listing : std::uint8_t {
  summary,   ///< for people: at most a hundred fields of a change
  complete,  ///< for programs: whatever it takes to make the meaning of `after` out of `before`
};
/// Whether what rules and defaults left out is listed, or counted alone.
enum class IgnoredListing : std::uint8_t { counted, listed };

struct CompareOptions {
  Listing listing = Listing::summary;
  IgnoredListing ignored = IgnoredListing::counted;
};

/// Compares two states by meaning.
///
/// Equal roots end it; equal fingerprints leave durations, workers and what is volatile. Otherwise only chunks with
/// unequal digests are decoded. Pass one keeps 24 bytes a line, and 64 more of each job whose line has no equal: hashes
/// of identity (queue's framework and namespace, id, creation time), of the meaning, of what it refers to, and where it
/// lies. Jobs with equal lines in the same place are done. The others are paired by identity, then by meaning (equal
/// semantic hash, same queue and state first), then by best likeness within queue and name (bounded), then by name and
/// payload in any queue. Pass two decodes only what remains. Near-linear; memory is for the index and the changed jobs.
Result<Changes> compare(const model::RecordSource& before, const model::RecordSource& after,
                        const config::Config& rules, const model::PayloadReader& payloads, const Progress& progress,
                        const CompareOptions& options = {});

}  // namespace qsnap::diff
