// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/model/merge_journal.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// Merges of one snapshot, the newest first.
struct WhyView {
  std::string name;
  std::vector<model::MergeJournalEntry> merges;
  std::uint64_t more = 0;  ///< older ones that were not asked for
};
[[nodiscard]] std::string why_text(const WhyView& view, const Style& style);
[[nodiscard]] std::string why_json(const WhyView& view);

}  // namespace qsnap::report
