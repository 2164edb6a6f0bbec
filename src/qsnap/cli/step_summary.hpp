// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/report/diff_faces.hpp>

namespace qsnap::cli {

/// Appends the report as Markdown to the file that GITHUB_STEP_SUMMARY names, as much of it as GitHub takes; nothing
/// where the variable is not set.
Result<void> append_step_summary(const report::DiffReport& report, report::FaceOptions options);

}  // namespace qsnap::cli
