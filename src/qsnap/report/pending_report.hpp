// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `pending`, `review`, `accept`, `reject` and `apply`. Texts are plain bytes, and hostile.
namespace qsnap::report {

/// A state that waits for a decision.
struct PendingRow {
  std::string name;
  std::string kind;  ///< "new", "changed", "obsolete"
  std::string test, summary;
  Instant asserted_at;
  bool stale = false;                ///< the snapshot is no longer the one that the state was compared with
  std::optional<SnapshotDiff> diff;  ///< what an accept would do; absent: nobody asked
};

struct PendingView {
  std::vector<PendingRow> rows;
};

/// "~ test-cases/checkout  changed: 3 jobs added", and below it the test and the time.
[[nodiscard]] std::string pending_heading(const PendingRow& row, const Style& style);
/// What an accept would do. REQUIRES: there is a diff
Result<void> write_pending_diff(const PendingRow& row, DiffFormat format, const FaceOptions& options,
                                const Output& out);
/// All of them, with what to do next.
Result<void> write_pending_text(const PendingView& view, DiffFormat format, const FaceOptions& options,
                                const Output& out);
/// {"schema":"qsnap.pending-list/1",…}, schemas/v1/pending-list.schema.json.
Result<void> write_pending_json(const PendingView& view, const Output& out);

/// What became of one of them.
struct DecidedRow {
  std::string name;
  std::string kind;
  std::string result;  ///< "written", "replaced", …; of apply "pending", "already-pending", "older"
};

struct DecidedView {
  std::string what;  ///< "accept", "reject", "undo", "apply"
  bool dry_run = false;
  std::vector<DecidedRow> rows;
  std::vector<std::string> notes;  ///< a sentence each
};

[[nodiscard]] std::string decided_text(const DecidedView& view, const Style& style);
/// {"schema":"qsnap.decision/1",…}, schemas/v1/decision.schema.json.
[[nodiscard]] std::string decided_json(const DecidedView& view);

/// "2 accepted, 1 rejected, 1 skipped": the end of a review.
struct ReviewTotals {
  std::uint64_t accepted = 0, rejected = 0, skipped = 0;
};
[[nodiscard]] std::string review_ending(const ReviewTotals& totals, std::uint64_t left);

}  // namespace qsnap::report
