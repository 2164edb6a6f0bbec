// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <qsnap/report/html_text.hpp>
#include <qsnap/report/overview.hpp>

/// The changes of a report, group by group. Internal to report.
namespace qsnap::report {

/// Deals out places on the page, front to back: as many as a browser shows without delay. What finds none is in the
/// page's JSON.
class ListingBudget {
 public:
  /// How many of a group's changes are listed.
  std::size_t take(const GroupWords& group);

 private:
  static constexpr std::size_t k_most_rows = 20'000;
  std::size_t m_rows_left = k_most_rows;
};

/// The class that colours it.
[[nodiscard]] Markup class_of(Tone tone);
/// What the filter knows a block by: a queue's full id; "config", "workers" and "other keys" in parentheses.
[[nodiscard]] std::string filter_value(const Block& block);

/// Whether a group has so little to tell that it need not be folded.
[[nodiscard]] bool is_small(const GroupWords& group);

enum class Fold : std::uint8_t { open, closed };
/// One group with `listed` of its changes. REQUIRES: 0 < listed <= group.changes.size()
[[nodiscard]] Html group_html(const Block& block, const GroupWords& group, std::size_t listed, Fold fold);

/// What rules and defaults left out, one by one.
[[nodiscard]] Html ignored_html(std::span<const diff::IgnoredDifference> ignored);

}  // namespace qsnap::report
