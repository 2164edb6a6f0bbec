// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/app/compare.hpp>
#include <qsnap/app/diff_request.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/report/diff_report.hpp>

namespace qsnap::app {

/// Compares every snapshot whose file differs, read from Git's objects without a checkout; `folder` may be a bare
/// repository, or any folder of one with a work tree. Equal blobs are never opened; a snapshot that went from one name
/// to another with the same meaning is compared with itself. What cannot be read is in the report, and nothing else is
/// missing for it. Errors with `not_found` for no such revision, and for a name that neither side has.
///
/// The rules are those of config.yaml in the work tree, in a bare repository of the second revision.
Result<report::DiffReport> diff_range(const std::filesystem::path& folder, const DiffRange& range,
                                      const CompareChoice& choice, const Progress& progress);

}  // namespace qsnap::app
