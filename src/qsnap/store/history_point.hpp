// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::store {

/// An entry of a series as the user points at it:
///   prod@latest, prod@{0}      the newest one; prod@{3}: three before it
///   prod@{2 days ago}          the newest one that was captured at or before that instant (base/time_words.hpp)
/// "history" in front of '@' is the series without a name; "history/prod@…" is the same as "prod@…".
struct HistoryPoint {
  std::string series;
  std::variant<std::uint64_t, Instant> where;  ///< how many before the newest, or when
};
/// Errors with `usage` and the forms that there are.
Result<HistoryPoint> parse_history_point(std::string_view text, Instant now);

/// `names` as History::names() has them. Absent when the series is empty or not that old.
[[nodiscard]] std::optional<SnapshotName> find_point(std::span<const SnapshotName> names, const HistoryPoint& point);

}  // namespace qsnap::store
