// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/report/assert_report.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/load_report.hpp>
#include <qsnap/report/metrics_page.hpp>
#include <qsnap/report/outcome_report.hpp>
#include <qsnap/report/run_report.hpp>

/// What one command adds to the metrics. `command` is its word: "assert".
namespace qsnap::report {

[[nodiscard]] MetricsPage metrics_of(std::string_view command, const AssertView& view);
[[nodiscard]] MetricsPage metrics_of(std::string_view command, const SaveView& view);
[[nodiscard]] MetricsPage metrics_of(std::string_view command, const LoadView& view);
/// A fixture's own assertion; what its command asserts, that counts itself.
[[nodiscard]] MetricsPage metrics_of(std::string_view command, const RunView& view);
/// One capture where a side was live.
[[nodiscard]] MetricsPage metrics_of(std::string_view command, const DiffReport& report);

}  // namespace qsnap::report
