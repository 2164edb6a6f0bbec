// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/report/diff_faces.hpp>

namespace qsnap::report {

/// Markdown within the budget of `options` (comment_characters, comment_bytes), without the marker of a comment: for
/// $GITHUB_STEP_SUMMARY, which takes 1 MiB. It tells less and less until it fits: fewer lines for each queue, fewer
/// snapshots in detail, the table alone, the counts alone; and says that it did. Errors with `usage` when not even the
/// counts fit.
Result<void> write_short_markdown(const DiffReport& report, const FaceOptions& options, const Output& out);

}  // namespace qsnap::report
