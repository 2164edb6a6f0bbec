// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <qsnap/app/assert_state.hpp>
#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/store/store.hpp>

/// One look at a live state, and what an assertion expects of it. Internal to the assertion (app/assert_*).
namespace qsnap::app {

/// All that is known before the first look.
struct Expectation {
  std::optional<OpenedSide> snapshot;  ///< absent: there is none yet, or contracts alone are asserted
  config::Config config;               ///< as config.yaml says
  config::Config rules;                ///< with those of the request
  model::Scope scope;                  ///< of the snapshot, which is that of the capture but for a rename
  CaptureRequest capture;
};
/// Errors with `corrupt` for a snapshot that is broken or in conflict.
Result<Expectation> expectation_of(const store::Store& store, const AssertRequest& request);

struct Observation {
  OpenedSide live;
  std::optional<Comparison> comparison;  ///< with the snapshot, if there is one
  contract::ContractReport contract;

  [[nodiscard]] bool is_empty() const { return live.capture && live.capture->keys == 0; }
};
/// Captures, renames, compares and checks the contracts. A queue that is not there is an empty state: `clock` dates it.
Result<Observation> observe(const Expectation& expectation, const AssertRequest& request, const Clock& clock,
                            const Progress& progress);

/// What the request asserts of such a state, before anything is written.
[[nodiscard]] AssertResult verdict_on(const AssertRequest& request, const Observation& observation);

}  // namespace qsnap::app
