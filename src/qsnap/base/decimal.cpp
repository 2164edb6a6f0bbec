// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/decimal.hpp>
#include <qsnap/base/text.hpp>

namespace qsnap {

namespace {

constexpr std::int64_t k_farthest_digit = 1100;

/// The digits at the front of `text`, which loses them.
std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

bool take(std::string_view& text, char c) {
  const bool there = text.starts_with(c);
  text.remove_prefix(there ? 1 : 0);
  return there;
}

/// What stands behind the digits: "e-7". Absent where it is no exponent, or one that no sane number has.
std::optional<std::int64_t> take_exponent(std::string_view& text) {
  if (!take(text, 'e') && !take(text, 'E')) {
    return 0;
  }
  const bool negative = take(text, '-');
  if (!negative) {
    take(text, '+');
  }
  std::string_view digits = take_digits(text);
  if (digits.empty()) {
    return std::nullopt;
  }
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const auto value = parse_integer(digits);
  constexpr std::int64_t k_sane = 1'000'000'000;
  if (!value || *value > k_sane) {
    return std::nullopt;
  }
  return negative ? -*value : *value;
}

/// −1, 0 or 1 for numbers of digits of the same exponent, without zeros in front.
int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return a.size() < b.size() ? -1 : 1;
  }
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::string add_digits(std::string_view a, std::string_view b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry > 0; ++i) {
    carry += i < a.size() ? a[a.size() - 1 - i] - '0' : 0;
    carry += i < b.size() ? b[b.size() - 1 - i] - '0' : 0;
    sum += static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::reverse(sum.begin(), sum.end());
  return sum;
}

/// REQUIRES: a ≥ b
std::string subtract_digits(std::string_view a, std::string_view b) {
  std::string rest;
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow;
    digit -= i < b.size() ? b[b.size() - 1 - i] - '0' : 0;
    borrow = digit < 0 ? 1 : 0;
    rest += static_cast<char>('0' + digit + borrow * 10);
  }
  std::reverse(rest.begin(), rest.end());
  return rest;
}

}  // namespace

Decimal::Decimal(std::int64_t value) {
  std::string text = std::to_string(value);
  const bool negative = text.starts_with('-');
  *this = normalised(negative, text.substr(negative ? 1 : 0), 0);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = take(text, '-');
  const std::string_view whole = take_digits(text);
  const bool has_point = take(text, '.');
  const std::string_view fraction = has_point ? take_digits(text) : std::string_view{};
  const auto exponent = take_exponent(text);
  const bool leading_zero = whole.size() > 1 && whole.starts_with('0');
  if (whole.empty() || leading_zero || (has_point && fraction.empty()) || !exponent || !text.empty()) {
    return std::nullopt;
  }
  std::string digits{whole};
  digits += fraction;
  Decimal number = normalised(negative, std::move(digits), *exponent - static_cast<std::int64_t>(fraction.size()));
  const auto top = number.m_exponent + static_cast<std::int64_t>(number.m_digits.size());
  const bool within = number.m_exponent >= -k_farthest_digit && top <= k_farthest_digit;
  return within ? std::optional{std::move(number)} : std::nullopt;
}

Decimal Decimal::normalised(bool negative, std::string digits, std::int64_t exponent) {
  Decimal number;
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) {
    return number;
  }
  const std::size_t last = digits.find_last_not_of('0');
  number.m_exponent = exponent + static_cast<std::int64_t>(digits.size() - 1 - last);
  number.m_digits = digits.substr(first, last - first + 1);
  number.m_negative = negative;
  return number;
}

std::optional<std::int64_t> Decimal::integer() const {
  constexpr std::int64_t k_most_zeros = 18;
  if (is_zero()) {
    return 0;
  }
  if (m_exponent < 0 || m_exponent > k_most_zeros) {
    return std::nullopt;
  }
  return parse_integer((m_negative ? "-" : "") + m_digits + std::string(static_cast<std::size_t>(m_exponent), '0'));
}

Decimal Decimal::magnitude() const {
  Decimal number = *this;
  number.m_negative = false;
  return number;
}

Decimal Decimal::shifted(std::int64_t power) const {
  Decimal number = *this;
  number.m_exponent += is_zero() ? 0 : power;
  return number;
}

Decimal operator-(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) {
    return a.is_zero() ? Decimal::normalised(!b.m_negative, b.m_digits, b.m_exponent) : a;
  }
  const std::int64_t exponent = std::min(a.m_exponent, b.m_exponent);
  const auto aligned = [exponent](const Decimal& number) {
    return number.m_digits + std::string(static_cast<std::size_t>(number.m_exponent - exponent), '0');
  };
  const std::string left = aligned(a), right = aligned(b);
  if (a.m_negative != b.m_negative) {
    return Decimal::normalised(a.m_negative, add_digits(left, right), exponent);
  }
  return compare_digits(left, right) >= 0 ? Decimal::normalised(a.m_negative, subtract_digits(left, right), exponent)
                                          : Decimal::normalised(!a.m_negative, subtract_digits(right, left), exponent);
}

Decimal operator*(const Decimal& a, const Decimal& b) {
  std::string product(a.m_digits.size() + b.m_digits.size(), '0');
  for (std::size_t i = a.m_digits.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.m_digits.size(); j-- > 0;) {
      char& digit = product[i + j + 1];
      carry += digit - '0' + (a.m_digits[i] - '0') * (b.m_digits[j] - '0');
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    product[i] = static_cast<char>('0' + carry);
  }
  return Decimal::normalised(a.m_negative != b.m_negative, std::move(product), a.m_exponent + b.m_exponent);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const Decimal rest = a - b;
  if (rest.is_zero()) {
    return std::strong_ordering::equal;
  }
  return rest.m_negative ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace qsnap
