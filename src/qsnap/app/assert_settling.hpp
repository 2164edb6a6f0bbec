// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <qsnap/app/assert_observation.hpp>

/// Looking again and again until a state is as expected. Internal to the assertion (app/assert_*).
namespace qsnap::app {

struct Settled {
  Observation last;
  std::uint64_t captures = 1;
  std::chrono::milliseconds waited{0};
  /// False where time was over before what is to be written stood still.
  bool stood_still = true;
};

/// Ends as soon as the last look was as expected and, with `stable`, all looks for so long were; else when time is
/// over, with the last look. A state that will be written (there is no snapshot, or it is to be rewritten) is as
/// expected when it does not change any more. While there is time, a capture that finds no point in time is a state
/// that moves; other errors end it at once. Time to wait is the process's own, which nobody sets; `clock` is
/// the world's.
Result<Settled> settle(const Expectation& expectation, const AssertRequest& request, const Clock& clock,
                       const Progress& progress);

}  // namespace qsnap::app
