// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/model/iso_instant.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::model {

namespace {

constexpr std::string_view k_s_suffix = "_at_s";
constexpr std::string_view k_iso_suffix = "_at_iso";

/// The units that are integers.
struct IntegerUnit {
  std::string_view suffix;
  std::int64_t per_millisecond;
};
constexpr std::array<IntegerUnit, 3> k_integer_units = {
    {{"_at_ms", 1}, {"_at_us", 1'000}, {"_at_ns", 1'000'000}},
};
constexpr std::size_t k_millisecond_decimals = 3;

/// A decimal number as an integer count of 10^-decimals.
struct Decimal {
  std::int64_t units = 0;
  std::size_t decimals = 0;
};

/// Plain decimals only ("1700000000.123"): what frameworks write. At most nine decimals, so that units fit.
std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr std::size_t k_most_decimals = 9, k_most_digits = 18;
  const std::size_t dot = text.find('.');
  std::string digits{text.substr(0, dot)};
  const std::string_view fraction = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  const bool bare_dot = dot != std::string_view::npos && fraction.empty();
  if (bare_dot || fraction.size() > k_most_decimals || digits.size() + fraction.size() > k_most_digits) {
    return std::nullopt;
  }
  if (!parse_integer(digits) || digits.starts_with('-') ||
      !std::all_of(fraction.begin(), fraction.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  digits += fraction;
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return Decimal{*parse_integer(std::string_view{digits}.substr(first)), fraction.size()};
}

/// Absent where the result does not fit: a document may claim any instant.
std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional{result};
}

std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional{result};
}

std::int64_t power_of_ten(std::size_t exponent) {
  std::int64_t value = 1;
  for (std::size_t i = 0; i < exponent; ++i) {
    value *= 10;
  }
  return value;
}

std::string format_decimal(Decimal decimal) {
  if (decimal.decimals == 0) {
    return fmt::format("{}", decimal.units);
  }
  const std::int64_t scale = power_of_ten(decimal.decimals);
  return fmt::format("{}.{:0{}}", decimal.units / scale, decimal.units % scale, decimal.decimals);
}

/// The same number with at least `decimals` decimals.
std::optional<Decimal> with_decimals(Decimal decimal, std::size_t decimals) {
  if (decimal.decimals >= decimals) {
    return decimal;
  }
  const auto units = product(decimal.units, power_of_ten(decimals - decimal.decimals));
  return units ? std::optional{Decimal{*units, decimals}} : std::nullopt;
}

/// Seconds need three decimals to hold a shift in milliseconds; more are kept.
std::optional<std::string> shifted_seconds(std::string_view text, std::chrono::milliseconds delta) {
  auto decimal = parse_decimal(text);
  const bool whole_seconds = delta.count() % 1000 == 0;
  if (decimal && !whole_seconds) {
    decimal = with_decimals(*decimal, k_millisecond_decimals);
  }
  if (!decimal) {
    return std::nullopt;
  }
  const auto step = decimal->decimals >= k_millisecond_decimals
                        ? product(delta.count(), power_of_ten(decimal->decimals - k_millisecond_decimals))
                        : delta.count() / power_of_ten(k_millisecond_decimals - decimal->decimals);
  const auto units = step ? sum(decimal->units, *step) : std::nullopt;
  return units ? std::optional{format_decimal({std::max<std::int64_t>(0, *units), decimal->decimals})} : std::nullopt;
}

const IntegerUnit* find_integer_unit(std::string_view name) {
  const auto* const at = std::find_if(k_integer_units.begin(), k_integer_units.end(),
                                      [&](const IntegerUnit& unit) { return name.ends_with(unit.suffix); });
  return at == k_integer_units.end() ? nullptr : at;
}

std::optional<std::string> shifted_integer(std::string_view text, const IntegerUnit& unit,
                                           std::chrono::milliseconds delta) {
  const auto value = parse_integer(text);
  const auto step = product(delta.count(), unit.per_millisecond);
  const auto moved = value && step ? sum(*value, *step) : std::nullopt;
  return moved ? std::optional{fmt::format("{}", std::max<std::int64_t>(0, *moved))} : std::nullopt;
}

/// A JSON string that is such an instant: no character of one is ever escaped.
std::optional<IsoInstant> parse_iso(std::string_view json) {
  const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
  return quoted ? IsoInstant::parse(json.substr(1, json.size() - 2)) : std::nullopt;
}

/// Instants before the epoch are left alone: they say "never" (Go's zero time is the year 1).
std::optional<std::string> shifted_iso(std::string_view json, std::chrono::milliseconds delta) {
  const auto instant = parse_iso(json);
  if (!instant || instant->since_epoch().count() < 0) {
    return std::nullopt;
  }
  const auto moved = instant->moved(std::max(delta, -instant->since_epoch()));
  return moved ? std::optional{fmt::format("\"{}\"", moved->text())} : std::nullopt;
}

std::optional<std::string> shifted(std::string_view name, std::string_view json, std::chrono::milliseconds delta) {
  if (name.ends_with(k_s_suffix)) {
    return shifted_seconds(json, delta);
  }
  if (name.ends_with(k_iso_suffix)) {
    return shifted_iso(json, delta);
  }
  const IntegerUnit* const unit = find_integer_unit(name == "expire_at_ms" ? "_at_ms" : name);
  return unit != nullptr ? shifted_integer(json, *unit, delta) : std::nullopt;
}

}  // namespace

void shift_time(Record& record, std::chrono::milliseconds delta) {
  for (Fields* fields : {&record.fields, &record.volatiles}) {
    const bool semantic = fields == &record.fields;
    std::vector<Field> changed;
    for (const Field& field : *fields) {
      if (semantic && field.name != "expire_at_ms") {
        continue;
      }
      if (auto json = shifted(field.name, field.json, delta)) {
        changed.push_back({field.name, *std::move(json)});
      }
    }
    for (Field& field : changed) {
      fields->set(field.name, std::move(field.json));
    }
  }
}

std::optional<std::int64_t> instant_ms(std::string_view member_name, std::string_view json) {
  if (const IntegerUnit* const unit = find_integer_unit(member_name)) {
    const auto value = parse_integer(json);
    return value ? std::optional{*value / unit->per_millisecond} : std::nullopt;
  }
  if (member_name.ends_with(k_iso_suffix)) {
    const auto instant = parse_iso(json);
    return instant ? std::optional{instant->since_epoch().count()} : std::nullopt;
  }
  if (!member_name.ends_with(k_s_suffix)) {
    return std::nullopt;
  }
  const auto decimal = parse_decimal(json);
  const auto fine = decimal ? with_decimals(*decimal, k_millisecond_decimals) : std::nullopt;
  return fine ? std::optional{fine->units / power_of_ten(fine->decimals - k_millisecond_decimals)} : std::nullopt;
}

std::optional<std::int64_t> find_instant_ms(const Fields& members, std::string_view stem) {
  for (const Field& field : members) {
    const bool of_stem = field.name.starts_with(stem) && field.name.find('_', stem.size() + 1) == std::string::npos;
    const auto ms = of_stem ? instant_ms(field.name, field.json) : std::nullopt;
    if (ms) {
      return ms;
    }
  }
  return std::nullopt;
}

}  // namespace qsnap::model
