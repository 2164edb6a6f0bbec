// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/diff/changes.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// The text face: queue by queue, alike changes folded into one line ("34 jobs send  waiting → completed"), fields
/// below, what was ignored at the end. Ends with one line of totals. Everything is escaped.
[[nodiscard]] std::string changes_text(const diff::Changes& changes, const Sides& sides, Detail detail,
                                       const Style& style);

/// {"schema":"qsnap.diff/1",…}: every change, unfolded. schemas/v1/diff.schema.json.
[[nodiscard]] std::string changes_json(const diff::Changes& changes, const Sides& sides);

}  // namespace qsnap::report
