// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/assert_state.hpp>
#include <qsnap/report/assert_report.hpp>
#include <qsnap/report/diff_report.hpp>

/// The outcome of an assertion as the values that report renders: of the command line and of libqsnap alike.
namespace qsnap::app {

/// With what to do next. `store` says which pending folder is the work tree's own.
[[nodiscard]] report::AssertView view_of(const store::Store& store, const AssertPlaces& places,
                                         const AssertRequest& request, const ModeChoice& mode, AssertOutcome outcome);

/// The same for the faces of a comparison that have no words for an assertion of their own: JUnit, TAP, annotations,
/// pages. Each invariant of a contract is a test beside that of the snapshot, by its own name.
[[nodiscard]] report::DiffReport diff_report_of(const report::AssertView& view);

}  // namespace qsnap::app
