// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/model/merge_journal.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// What is volatile says little: every job of a new capture has some.
enum class WhyDetail : std::uint8_t { meaning, all };

/// Merges of one snapshot, the newest first; in front of one that was in conflict, how that was resolved.
struct WhyView {
  std::string name;
  std::vector<model::MergeJournalEntry> merges;
  std::uint64_t more = 0;  ///< older merges that were not asked for
  WhyDetail detail = WhyDetail::meaning;
};
/// "topic (theirs) into main (ours)"
[[nodiscard]] std::string sides_text(const model::MergeJournalEntry& merge);
[[nodiscard]] std::string why_text(const WhyView& view, const Style& style);
[[nodiscard]] std::string why_json(const WhyView& view);

}  // namespace qsnap::report
