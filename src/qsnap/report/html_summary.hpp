// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <qsnap/report/html_page.hpp>

/// What stands above the changes: verdict, cards, the index, the filter. Internal to report.
namespace qsnap::report {

/// "19 changes: 17 moved, 2 added."; "14 snapshots: 2 changed, 12 unchanged." for a range.
[[nodiscard]] std::string page_verdict(const DiffReport& report, PageSections sections);

/// What is compared, what was left out, what one should know before believing it.
[[nodiscard]] Html facts_html(const PageSection& section);
/// The same of a range, as far as it is not of one of its snapshots.
[[nodiscard]] Html range_facts_html(const DiffReport& report);
/// Totals over all snapshots.
[[nodiscard]] Html cards_html(const DiffReport& report, PageSections sections);
/// A row for each snapshot.
[[nodiscard]] Html index_html(PageSections sections);
/// `unlisted`: changes that are in the JSON alone.
[[nodiscard]] Html filter_html(const DiffReport& report, PageSections sections, std::uint64_t unlisted);

}  // namespace qsnap::report
