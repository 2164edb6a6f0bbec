// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap {

/// A decimal number, exact: what JSON writes, and what is reckoned with where a double would round (2^63, 0.1). Its
/// digits lie between 10^-1100 and 10^1100, so every double fits and no text makes it large.
class Decimal {
 public:
  Decimal() = default;  ///< zero
  explicit Decimal(std::int64_t value);
  /// JSON's form of a number. Absent for anything else, and for what has digits beyond the bounds.
  static std::optional<Decimal> parse(std::string_view text);

  [[nodiscard]] bool is_zero() const { return m_digits.empty(); }
  /// Absent where it has a fraction or does not fit.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] Decimal magnitude() const;
  /// Times ten to this power.
  [[nodiscard]] Decimal shifted(std::int64_t power) const;

  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) = default;

 private:
  static Decimal normalised(bool negative, std::string digits, std::int64_t exponent);

  std::string m_digits;         ///< most significant first, no zero at either end; empty for zero
  std::int64_t m_exponent = 0;  ///< of the last digit; 0 for zero
  bool m_negative = false;      ///< never of zero
};

}  // namespace qsnap
