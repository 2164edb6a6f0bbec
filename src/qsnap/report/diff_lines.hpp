// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/overview.hpp>

/// One comparison as lines of plain text, each with its sign in front: what Markdown, JUnit and TAP show of it.
/// Internal to report. A renderer of diffs colours them; the line of a queue looks like a hunk's.
namespace qsnap::report {

/// Nothing is cut silently: what is beyond a limit is counted where it would be.
struct LineLimits {
  std::size_t blocks = 0;
  std::size_t groups = 0;  ///< of a block
  std::size_t fields = 0;  ///< of a group
  int columns = 0;         ///< of a name or a value
};
inline constexpr LineLimits k_no_limits{
    .blocks = SIZE_MAX, .groups = SIZE_MAX, .fields = SIZE_MAX, .columns = 400};  // JSON has longer values

/// "@@ email: waiting 109 → 75 @@", "> 34 jobs  send  waiting → completed", "+     payload.amount: 13". Escaped: one
/// line is one line, and none has a control character.
[[nodiscard]] std::vector<std::string> diff_lines(const SnapshotDiff& diff, const Overview& overview,
                                                  const LineLimits& limits);

/// `bytes` escaped, and cut to so many columns: "abc… (12 more characters)".
[[nodiscard]] std::string short_text(std::string_view bytes, int columns);

/// The verdict on one snapshot without a full stop: "36 changes: 34 moved, 2 added", "new: 123 jobs in 7 queues".
/// Escaped.
[[nodiscard]] std::string short_verdict(const SnapshotDiff& diff, const Overview& overview);

/// "HEAD:checkout-flow → live"; "nothing" for a side that a commit does not have. Escaped.
[[nodiscard]] std::string sides_text(const Sides& sides);

}  // namespace qsnap::report
