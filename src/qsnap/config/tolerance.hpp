// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/decimal.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/path_pattern.hpp>

namespace qsnap::config {

/// How far a value may be off and still count as the same.
struct Tolerance {
  enum class Of : std::uint8_t {
    number,
    length,      ///< of a text in characters, of an array in elements
    instant,     ///< a time since the capture; the amount is in nanoseconds
    renumbered,  ///< other values, and equal where they were equal
    anything     ///< whatever the values are: they are left out
  };
  enum class Bound : std::uint8_t {
    absolute,
    percent,  ///< of the value before
    counts    ///< of a length: as tolerance.counts says
  };
  Of of = Of::number;
  Bound bound = Bound::absolute;
  Decimal amount;
};

/// Reads "2", "1%", "500ms", "2m in s", "length", "length 3", "length 10%", "instant 5s", "renumbered" or "ignore". A
/// duration is one in the unit of the values, which are milliseconds unless "in" says otherwise. Errors with `usage`.
Result<Tolerance> parse_tolerance(std::string_view text);

/// A duration as rules write it: "500ms", "1.5s", "2m", "1h"; at most 366 days. Errors with `usage`.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A size as rules write it: "4096", "512KiB", "1MiB", "2GiB". Errors with `usage`.
Result<std::uint64_t> parse_size(std::string_view text);

struct ToleranceRule {
  PathPattern path;
  Tolerance tolerance;
  std::string text;  ///< "jobs.payload.price: 1%"

  /// Errors with `usage`.
  static Result<ToleranceRule> parse(std::string_view path, std::string_view tolerance);
};

}  // namespace qsnap::config
