// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::model {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::size_t k_most_fraction_digits = 9;

/// Takes a text apart from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : m_rest(text) {}

  [[nodiscard]] std::string_view rest() const { return m_rest; }

  bool take(char wanted) {
    if (!m_rest.starts_with(wanted)) {
      return false;
    }
    m_rest.remove_prefix(1);
    return true;
  }

  /// One of two characters, or NUL.
  char either(char a, char b) { return take(a) ? a : take(b) ? b : '\0'; }

  /// A number of exactly so many digits, or -1.
  int number(std::size_t digits) {
    if (m_rest.size() < digits ||
        !std::all_of(m_rest.begin(), m_rest.begin() + static_cast<std::ptrdiff_t>(digits), is_digit)) {
      return -1;
    }
    int value = 0;
    for (const char c : m_rest.substr(0, digits)) {
      value = 10 * value + (c - '0');
    }
    m_rest.remove_prefix(digits);
    return value;
  }

  std::string_view digits() {
    const auto end = std::find_if_not(m_rest.begin(), m_rest.end(), is_digit);
    const std::string_view found = m_rest.substr(0, static_cast<std::size_t>(end - m_rest.begin()));
    m_rest.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view m_rest;
};

bool is_between(int value, int most) {
  return value >= 0 && value <= most;
}

/// "10:00:00"
std::optional<seconds> scan_time(Scanner& scanner) {
  const int hour = scanner.number(2);
  const bool first = scanner.take(':');
  const int minute = scanner.number(2);
  const bool second = scanner.take(':');
  const int last = scanner.number(2);
  if (!first || !second || !is_between(hour, 23) || !is_between(minute, 59) || !is_between(last, 59)) {
    return std::nullopt;
  }
  return std::chrono::hours{hour} + std::chrono::minutes{minute} + seconds{last};
}

/// What a zone says, from its text to the end. Absent for what is none.
std::optional<seconds> parse_zone(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == " UTC") {
    return seconds{0};
  }
  Scanner scanner{zone};
  const bool spaced = scanner.take(' ');
  const char sign = scanner.either('+', '-');
  const int hours = scanner.number(2);
  const bool colon = scanner.take(':');
  const int minutes = scanner.number(2);
  if (sign == '\0' || (spaced && colon) || !is_between(hours, 23) || !is_between(minutes, 59) ||
      !scanner.rest().empty()) {
    return std::nullopt;
  }
  const seconds offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return sign == '+' ? offset : -offset;
}

std::int64_t power_of_ten(std::size_t exponent) {
  std::int64_t value = 1;
  for (std::size_t i = 0; i < exponent; ++i) {
    value *= 10;
  }
  return value;
}

}  // namespace

std::optional<IsoInstant> IsoInstant::parse(std::string_view text) {
  Scanner scanner{text};
  IsoInstant instant;
  const int year = scanner.number(4);
  instant.m_date_separator = scanner.either('-', '/');
  const int month = scanner.number(2);
  const bool same_separator = scanner.take(instant.m_date_separator);
  const int day = scanner.number(2);
  instant.m_time_separator = scanner.either('T', ' ');
  const auto time = scan_time(scanner);
  if (year < 0 || month < 0 || day < 0 || !same_separator || instant.m_time_separator == '\0' || !time) {
    return std::nullopt;
  }
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (scanner.take('.')) {
    const std::string_view digits = scanner.digits();
    instant.m_fraction_digits = digits.size();
    if (digits.empty() || digits.size() > k_most_fraction_digits) {
      return std::nullopt;
    }
    instant.m_nanoseconds =
        Scanner{digits}.number(digits.size()) * power_of_ten(k_most_fraction_digits - digits.size());
  }
  const auto offset = parse_zone(scanner.rest());
  if (!date.ok() || !offset) {
    return std::nullopt;
  }
  instant.m_wall = sys_seconds{sys_days{date}} + *time;
  instant.m_zone = scanner.rest();
  instant.m_offset = *offset;
  return instant;
}

std::string IsoInstant::text() const {
  const auto day = std::chrono::floor<std::chrono::days>(m_wall);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss time{m_wall - day};
  std::string fraction;
  if (m_fraction_digits > 0) {
    const std::int64_t scale = power_of_ten(k_most_fraction_digits - m_fraction_digits);
    fraction = fmt::format(".{:0{}}", m_nanoseconds / scale, m_fraction_digits);
  }
  return fmt::format("{:04}{}{:02}{}{:02}{}{:02}:{:02}:{:02}{}{}", static_cast<int>(date.year()), m_date_separator,
                     static_cast<unsigned>(date.month()), m_date_separator, static_cast<unsigned>(date.day()),
                     m_time_separator, time.hours().count(), time.minutes().count(), time.seconds().count(), fraction,
                     m_zone);
}

milliseconds IsoInstant::since_epoch() const {
  return m_wall.time_since_epoch() - m_offset + std::chrono::floor<milliseconds>(nanoseconds{m_nanoseconds});
}

std::optional<IsoInstant> IsoInstant::moved(milliseconds delta) const {
  const seconds whole = std::chrono::floor<seconds>(delta);
  const nanoseconds rest = nanoseconds{m_nanoseconds} + (delta - whole);
  const seconds carry = std::chrono::floor<seconds>(rest);
  constexpr sys_seconds k_first = sys_days{std::chrono::year{0} / 1 / 1};
  constexpr sys_seconds k_end = sys_days{std::chrono::year{10'000} / 1 / 1};
  // Compared as distances from both ends, because a delta may be anything.
  if (whole < k_first - m_wall || whole + carry >= k_end - m_wall) {
    return std::nullopt;
  }
  IsoInstant result = *this;
  result.m_wall = m_wall + whole + carry;
  result.m_nanoseconds = (rest - carry).count();
  return result;
}

}  // namespace qsnap::model
