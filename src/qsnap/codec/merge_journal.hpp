// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>

/// The merge driver's journal: what it did and why, a line of JSON for each merge, in the git dir. No values of jobs
/// are in it.
namespace qsnap::codec {

/// What one line can say of one job, queue and so on. Plain bytes; long ones are cut.
struct MergeNote {
  std::string what;  ///< of a decision its rule ("rule max"), of a conflict its kind ("moved")
  std::string subject, queue, state, id, name, path;

  friend bool operator==(const MergeNote&, const MergeNote&) = default;
};

struct MergeCount {
  std::string rule;
  std::uint64_t times = 0;

  friend bool operator==(const MergeCount&, const MergeCount&) = default;
};

struct MergeJournalEntry {
  Instant at;
  std::string path;     ///< from the top of the work tree
  std::string outcome;  ///< "merged", "conflict", "failed", "disabled"
  std::string problem;  ///< of one that failed
  bool for_virtual_base = false;
  std::string our_name, their_name;
  /// Roots of the documents, hexadecimal; empty for one that is not there.
  std::string base_root, our_root, their_root, result_root;
  std::vector<MergeCount> counts;
  std::vector<MergeNote> decisions, conflicts;
  std::uint64_t decisions_left_out = 0, conflicts_left_out = 0;

  friend bool operator==(const MergeJournalEntry&, const MergeJournalEntry&) = default;
};

/// Without its newline. Of the notes, as many as fit into some 48 KiB; the others are counted as left out.
[[nodiscard]] std::string format_merge_entry(const MergeJournalEntry& entry);
/// Members that a later version may have are skipped. Errors with `corrupt`.
Result<MergeJournalEntry> parse_merge_entry(std::string_view line);

}  // namespace qsnap::codec
