// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/run_fixture.hpp>
#include <qsnap/report/run_report.hpp>

namespace qsnap::app {

/// The exit code of a run: the command's unless that is 0, else the assertion's; 130 when it was interrupted.
[[nodiscard]] int exit_code_of(const RunOutcome& outcome);

/// The outcome as the value that report renders. `mode` is that of the request, with its reason.
[[nodiscard]] report::RunView view_of(const store::Store& store, const RunRequest& request, const ModeChoice& mode,
                                      const RunOutcome& outcome);

}  // namespace qsnap::app
