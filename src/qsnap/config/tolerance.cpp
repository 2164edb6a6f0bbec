// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/config/tolerance.hpp>

namespace qsnap::config {

namespace {

using Of = Tolerance::Of;
using Bound = Tolerance::Bound;

constexpr std::size_t k_amount_bytes = 24;
constexpr std::size_t k_shown_bytes = 60;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::array k_units = {Unit{"ms", k_second / 1000}, Unit{"s", k_second}, Unit{"m", 60 * k_second},
                                Unit{"h", 3600 * k_second}};

/// What values may count, as powers of ten of a nanosecond.
struct ValueUnit {
  std::string_view name;
  std::int64_t power;
};
constexpr std::array k_value_units = {ValueUnit{"ns", 0}, ValueUnit{"us", 3}, ValueUnit{"ms", 6}, ValueUnit{"s", 9}};
constexpr std::int64_t k_milliseconds = 6;

Error no_tolerance(std::string_view text) {
  return make_error(
      ErrorCode::usage,
      fmt::format(
          "\"{}\" is no tolerance; it is written 2, 1%, 500ms, 2m in s, length 10%, instant 5s, renumbered or ignore",
          text.substr(0, k_shown_bytes)));
}

/// Without sign and exponent: "2", "0.5".
std::optional<Decimal> parse_amount(std::string_view text) {
  const bool plain = text.size() <= k_amount_bytes && text.find_first_not_of("0123456789.") == std::string_view::npos;
  return plain ? Decimal::parse(text) : std::nullopt;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (text != word && !text.starts_with(fmt::format("{} ", word))) {
    return false;
  }
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return true;
}

/// "2" and "10%".
std::optional<Tolerance> parse_bound(std::string_view text, Of of) {
  constexpr std::int64_t k_most_percent = 1'000'000;
  const bool is_percent = text.ends_with('%');
  text.remove_suffix(is_percent ? 1 : 0);
  auto amount = parse_amount(text);
  if (!amount || (is_percent && *amount > Decimal{k_most_percent})) {
    return std::nullopt;
  }
  return Tolerance{of, is_percent ? Bound::percent : Bound::absolute, *std::move(amount)};
}

/// "2m in s": the duration, counted in that unit.
std::optional<Tolerance> parse_counted_duration(std::string_view text) {
  constexpr std::string_view k_in = " in ";
  std::int64_t power = k_milliseconds;
  if (const std::size_t at = text.find(k_in); at != std::string_view::npos) {
    const auto unit = std::find_if(k_value_units.begin(), k_value_units.end(),
                                   [&](const ValueUnit& each) { return each.name == text.substr(at + k_in.size()); });
    if (unit == k_value_units.end()) {
      return std::nullopt;
    }
    power = unit->power;
    text = text.substr(0, at);
  }
  const auto duration = parse_duration(text);
  return duration ? std::optional{Tolerance{Of::number, Bound::absolute, Decimal{duration->count()}.shifted(-power)}}
                  : std::nullopt;
}

}  // namespace

Result<Tolerance> parse_tolerance(std::string_view text) {
  std::string_view rest = text;
  std::optional<Tolerance> tolerance;
  if (text == "ignore") {
    return Tolerance{Of::anything, Bound::absolute, {}};
  }
  if (text == "renumbered") {
    return Tolerance{Of::renumbered, Bound::absolute, {}};
  }
  if (text == "length") {
    return Tolerance{Of::length, Bound::counts, {}};
  }
  if (take_word(rest, "length")) {
    tolerance = parse_bound(rest, Of::length);
  } else if (take_word(rest, "instant")) {
    if (const auto duration = parse_duration(rest)) {
      tolerance = Tolerance{Of::instant, Bound::absolute, Decimal{duration->count()}};
    }
  } else {
    tolerance = parse_bound(text, Of::number);
    tolerance = tolerance ? std::move(tolerance) : parse_counted_duration(text);
  }
  return tolerance ? Result<Tolerance>{*std::move(tolerance)} : no_tolerance(text);
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  constexpr std::int64_t k_longest = 366 * 24 * 3600 * k_second;
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto unit =
      std::find_if(k_units.begin(), k_units.end(), [&](const Unit& each) { return each.name == text.substr(end); });
  const auto amount = parse_amount(text.substr(0, end));
  const auto nanoseconds =
      unit != k_units.end() && amount ? (*amount * Decimal{unit->nanoseconds}).integer() : std::nullopt;
  if (!nanoseconds || *nanoseconds > k_longest) {
    return make_error(ErrorCode::usage,
                      fmt::format("\"{}\" is no duration up to 366 days; it is written 500ms, 5s, 2m or 1h",
                                  text.substr(0, k_shown_bytes)));
  }
  return std::chrono::nanoseconds{*nanoseconds};
}

Result<std::uint64_t> parse_size(std::string_view text) {
  struct SizeUnit {
    std::string_view suffix;
    std::uint64_t bytes;
  };
  constexpr std::array<SizeUnit, 4> k_size_units{
      {{"KiB", limits::k_kib}, {"MiB", limits::k_mib}, {"GiB", limits::k_gib}, {"B", 1}}};
  const auto* const unit = std::find_if(k_size_units.begin(), k_size_units.end(),
                                        [&](const SizeUnit& each) { return text.ends_with(each.suffix); });
  std::string_view digits = text;
  if (unit != k_size_units.end()) {
    digits.remove_suffix(unit->suffix.size());
    digits.remove_suffix(digits.ends_with(' ') ? 1 : 0);
  }
  const std::uint64_t factor = unit != k_size_units.end() ? unit->bytes : 1;
  const auto amount = parse_integer(digits);
  constexpr std::uint64_t k_most = limits::k_document_bytes;
  if (!amount || *amount < 1 || static_cast<std::uint64_t>(*amount) > k_most / factor) {
    return make_error(ErrorCode::usage,
                      fmt::format("\"{}\" is no size up to 64GiB; it is written 4096, 512KiB or 1 MiB",
                                  text.substr(0, k_shown_bytes)));
  }
  return static_cast<std::uint64_t>(*amount) * factor;
}

Result<ToleranceRule> ToleranceRule::parse(std::string_view path, std::string_view tolerance) {
  ToleranceRule rule;
  QSNAP_ASSIGN(rule.path, PathPattern::parse(path));
  QSNAP_ASSIGN(rule.tolerance, parse_tolerance(tolerance));
  rule.text = fmt::format("{}: {}", path, tolerance);
  return rule;
}

}  // namespace qsnap::config
