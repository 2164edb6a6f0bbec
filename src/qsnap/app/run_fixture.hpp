// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/assert_state.hpp>
#include <qsnap/app/compare.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/app/run_command.hpp>
#include <qsnap/base/process_tree.hpp>

namespace qsnap::app {

struct RunOutcome;

struct RunRequest {
  CommandStart command;  ///< its environment is without what we add
  std::string server_program = "redis-server";
  std::optional<store::Side> baseline;  ///< what is in the Redis when the command starts; absent: nothing
  LoadRequest load;                     ///< how it gets there; the target is ours
  Target target;                        ///< how states are captured; the endpoint is ours
  /// What has to be there when the command has ended; the target is ours. A command that fails changes no snapshot,
  /// whatever the mode. Absent: it is told what the command changed.
  std::optional<AssertRequest> expect;
  AssertPlaces places;
  CompareChoice choice;  ///< for what is told
  std::string run_id;    ///< the command gets it as QSNAP_RUN_ID
  /// Called right before the command starts; may be empty.
  std::function<void(const std::string& redis_url)> ready;
  /// Called when all but `stopped` is known, after which the Redis stays until a signal comes (Ctrl-C). Empty: it goes.
  std::function<void(const RunOutcome& outcome, const std::string& redis_url)> keep;
};

struct RunOutcome {
  CommandEnd command;
  std::optional<LoadOutcome> loaded;
  std::optional<AssertOutcome> assertion;
  std::optional<Comparison> changes;  ///< by the command; without `expect`
  std::optional<Error> trouble;       ///< why there is none of the two, though the command ended
  StoppedProcesses stopped;           ///< what the command left running
  std::vector<std::string> notes;     ///< what was not looked at, a sentence each
};

/// A name for a run that nobody else has: "run-20261120T100000Z-0123456789abcdef".
Result<std::string> new_run_id(Instant now);

/// A private Redis, a state in it, a command, what became of the state, and nothing left behind: no server, no process
/// of the command, no file. What the command does is a result; errors are what kept us from starting it. REQUIRES: the
/// thread that calls it lives on till the end of the program, which dies with its Redis
Result<RunOutcome> run_fixture(const store::Store& store, const RunRequest& request, const Clock& clock,
                               const Progress& progress);

}  // namespace qsnap::app
