// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/app/compare.hpp>
#include <qsnap/app/import.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/app/save.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/import_report.hpp>
#include <qsnap/report/load_report.hpp>
#include <qsnap/report/outcome_report.hpp>

/// Outcomes of use cases as the values that report renders.
namespace qsnap::app {

[[nodiscard]] report::CaptureView view_of(const CaptureReport& capture);
[[nodiscard]] report::SnapshotDiff snapshot_diff_of(Comparison comparison);
/// The report of two sides.
[[nodiscard]] report::DiffReport diff_report_of(Comparison comparison);
/// The report of a snapshot that nothing can be compared with, because of `error`.
[[nodiscard]] report::DiffReport missing_report(const store::SnapshotName& name, const Error& error);
[[nodiscard]] report::SaveView view_of(const std::string& name, const SaveOutcome& outcome);
[[nodiscard]] report::ImportView view_of(const ImportRequest& request, const ImportOutcome& outcome);
[[nodiscard]] report::LoadView view_of(const std::string& name, const LoadRequest& request, const LoadOutcome& outcome);

}  // namespace qsnap::app
