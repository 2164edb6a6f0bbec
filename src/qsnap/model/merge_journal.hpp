// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>

/// What the merge driver did and why, or how `resolve` decided what it left: an entry of the journal. No values of jobs
/// are in it. Texts are plain bytes.
namespace qsnap::model {

/// What is said of one job, queue and so on.
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
  std::string outcome;  ///< "merged", "conflict", "failed"; "resolved"
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

}  // namespace qsnap::model
