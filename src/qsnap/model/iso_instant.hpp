// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap::model {

/// An instant as text, as frameworks write it: YYYY-MM-DDTHH:MM:SS with an optional fraction of 1 to 9 digits and an
/// optional zone. "2026-11-20T10:00:00.123456Z" (Python, Go), "2026/11/20 10:00:00 UTC" (Ruby). Between date and time
/// stands 'T' or a space; between the parts of the date '-' or '/'. The zone is Z, +hh:mm, +hhmm or, behind a space,
/// UTC or +hhmm; without one it is UTC. Everything about the form is kept, so printing gives the same text back.
class IsoInstant {
 public:
  /// Absent for any other form, and for a day or a time that no calendar has (leap seconds included).
  static std::optional<IsoInstant> parse(std::string_view text);

  [[nodiscard]] std::string text() const;
  /// Since the epoch; below a millisecond cut off.
  [[nodiscard]] std::chrono::milliseconds since_epoch() const;
  /// The same form, moved; what is finer than its fraction is cut off. Absent beyond the year 9999 or before 0.
  [[nodiscard]] std::optional<IsoInstant> moved(std::chrono::milliseconds delta) const;

 private:
  std::chrono::sys_seconds m_wall;  ///< what a clock of its zone shows
  std::int64_t m_nanoseconds = 0;   ///< behind the seconds
  std::size_t m_fraction_digits = 0;
  char m_date_separator = '-';
  char m_time_separator = 'T';
  std::string m_zone;                ///< as found
  std::chrono::seconds m_offset{0};  ///< what it says
};

}  // namespace qsnap::model
