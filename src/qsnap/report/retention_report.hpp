// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `history prune` and `history archive`. Texts are plain bytes: faces escape.
namespace qsnap::report {

/// What was decided about one dated capture.
struct RetentionRow {
  std::string name;
  Instant captured_at;
  std::uint64_t jobs = 0;
  std::vector<std::string> reasons;  ///< why it stays; none: it goes
  std::string loss;                  ///< why it goes

  [[nodiscard]] bool keeps() const { return !reasons.empty(); }
};

struct RetentionSeries {
  std::string series;              ///< empty for the one without a name
  std::vector<RetentionRow> rows;  ///< the newest first
};

struct RetentionRule {
  std::string word;  ///< "last", "hourly", …
  std::uint64_t most = 0;
};

/// What the rules say of the history of one set.
struct RetentionView {
  std::string set;
  std::vector<RetentionRule> rules;     ///< those that there are
  std::vector<RetentionSeries> series;  ///< sorted
  Instant now;

  [[nodiscard]] std::uint64_t entries() const;
  [[nodiscard]] std::uint64_t leaving() const;
};

/// What was taken away, and how to have it back.
struct DropView {
  std::uint64_t dropped = 0;
  std::vector<std::string> spared;  ///< names of entries that somebody tagged or referred to meanwhile: they stay
  std::string ref;
  std::string before;              ///< the commit that the ref was at; empty: the ref did not move
  std::string after;               ///< the commit that it is at: an undo must not take away what came in since
  std::vector<std::string> files;  ///< that were taken out of the work tree, from its top
};

struct PruneView {
  RetentionView plan;
  std::optional<DropView> drop;  ///< absent: only told
};

/// Every decision, with its reasons.
[[nodiscard]] std::string retention_text(const RetentionView& plan, const Style& style);
/// How many go and stay, in a line for each series.
[[nodiscard]] std::string retention_summary(const RetentionView& plan, const Style& style);
[[nodiscard]] std::string drop_text(const DropView& drop, const Style& style);
/// {"schema":"qsnap.history-prune/1",…}
[[nodiscard]] std::string prune_json(const PruneView& view);

struct ArchiveView {
  RetentionView plan;
  std::string to;                ///< the folder or remote, as it was named
  std::string archive_ref;       ///< of a remote; empty: a folder, or only told
  std::uint64_t written = 0;     ///< entries that were not there yet
  std::uint64_t verified = 0;    ///< read back, and found to be the same
  std::optional<DropView> drop;  ///< absent: only told
};
[[nodiscard]] std::string archive_text(const ArchiveView& view, const Style& style);
/// {"schema":"qsnap.history-archive/1",…}
[[nodiscard]] std::string archive_json(const ArchiveView& view);

struct RestoredEntry {
  std::string name;      ///< in the archive
  std::string new_name;  ///< in the history; empty: a capture of that instant and content is there already
};
struct RestoreView {
  std::string set, from;
  std::vector<RestoredEntry> entries;
};
[[nodiscard]] std::string restore_text(const RestoreView& view, const Style& style);
/// {"schema":"qsnap.history-restore/1",…}
[[nodiscard]] std::string restore_json(const RestoreView& view);

}  // namespace qsnap::report
