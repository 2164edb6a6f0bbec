// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/diff_report.hpp>

/// A comparison as tests: what JUnit and TAP have in common. Internal to report.
namespace qsnap::report {

/// "mismatch", "missing" (one of the sides is not there), "unreadable", "contract". REQUIRES: the snapshot is not
/// equal.
[[nodiscard]] std::string_view failure_type(SnapshotStatus status);

/// "12 snapshots do not differ": the one test for all that a report does not name.
[[nodiscard]] std::string unchanged_words(std::uint64_t unchanged);

/// A test's output is read in a log: enough to see what happened, and never megabytes.
inline constexpr LineLimits k_test_limits{.blocks = 20, .groups = 20, .fields = 10, .columns = 200};

}  // namespace qsnap::report
