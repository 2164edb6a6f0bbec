// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap {

/// An instant as people write it, in UTC: "now", "yesterday" (a day before now), "3 hours ago", "2 weeks ago" (a month
/// is 30 days, a year 365), "2026-11-20" (its end: the last state of that day), "2026-11-20 10:00[:00]",
/// "2026-11-20T10:00:00[.123]Z". Errors with `usage` and these forms. Never a guess: what Git's approxidate does with
/// words that it does not know is to say "now".
Result<Instant> parse_time_words(std::string_view text, Instant now);

/// "20261120T100000.123Z": an instant in the name of a file, without what some file systems refuse there.
[[nodiscard]] std::string file_stamp(Instant at);

}  // namespace qsnap
