// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <qsnap/app/assert_observation.hpp>

/// What an assertion writes once it knows what it saw. Internal to the assertion (app/assert_*).
namespace qsnap::app {

/// Writes what mode and places allow, and says in `outcome` what was done and what was not: its result, the pending
/// file, warnings. Errors with `refused` for an empty state and for secrets that must not get into the tree.
/// Absent: there was no snapshot, but somebody else has written one by now, so the state has to be compared with that.
Result<std::optional<AssertOutcome>> keep_outcome(AssertOutcome outcome, const store::Store& store,
                                                  const AssertPlaces& places, const AssertRequest& request,
                                                  const Expectation& expectation, const Observation& seen, Instant now,
                                                  const Progress& progress);

}  // namespace qsnap::app
