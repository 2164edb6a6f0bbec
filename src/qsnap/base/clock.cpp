// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include <fmt/format.h>

#include <qsnap/base/clock.hpp>

namespace qsnap {

std::string format_instant(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

namespace {

/// Reads the fixed-width digits of one part of an instant.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  const char* begin = text.data() + at;
  const auto [end, failure] = std::from_chars(begin, begin + width, value);
  if (failure != std::errc{} || end != begin + width || *begin == '-') {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() != std::string_view{"2026-11-20T10:00:00.123Z"}.size()) {
    return std::nullopt;
  }
  const auto year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
  const auto hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  const auto milli = digits_at(text, 20, 3);
  if (!year || !month || !day || !hour || !minute || !second || !milli) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  const Instant at = std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                     std::chrono::seconds{*second} + std::chrono::milliseconds{*milli};
  // Printing it again catches wrong separators and hours beyond 23 without a second grammar.
  return format_instant(at) == text ? std::optional{at} : std::nullopt;
}

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace qsnap
