// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <qsnap/base/utf8.hpp>
#include <qsnap/diff/tolerance.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::diff {

namespace {

using config::Tolerance;
using Bound = Tolerance::Bound;
using Leaves = std::span<const model::PayloadReader::Leaf>;
using LengthMap = std::map<std::string, std::uint64_t, std::less<>>;

Decimal decimal(std::uint64_t count) {
  return Decimal{static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX))};
}

/// Whether |after − before| ≤ percent / 100 × |before|, without a division.
bool is_within_percent(const Decimal& percent, const Decimal& before, const Decimal& difference) {
  constexpr std::int64_t k_hundred = 2;  // as a power of ten
  return difference.magnitude().shifted(k_hundred) <= percent * before.magnitude();
}

bool is_within_bound(const Tolerance& tolerance, const Decimal& before, const Decimal& after) {
  const Decimal difference = after - before;
  return tolerance.bound == Bound::percent ? is_within_percent(tolerance.amount, before, difference)
                                           : difference.magnitude() <= tolerance.amount;
}

/// A time as somebody wrote it, and the unit that it is in, which is no difference to be overlooked.
struct WrittenInstant {
  enum class Unit : std::uint8_t { text, s, ms, us, ns };
  Unit unit = Unit::text;
  Decimal nanoseconds;
};

constexpr std::int64_t k_ms_power = 6;

/// Numbers tell their unit by their size: seconds reach 10^11 in the year 5138, milliseconds have it since 1973.
std::optional<WrittenInstant> instant(std::string_view json, const model::PayloadReader& payloads) {
  using Unit = WrittenInstant::Unit;
  struct Range {
    std::int64_t below;  ///< as a power of ten
    Unit unit;
    std::int64_t power;  ///< of ten: nanoseconds in the unit
  };
  constexpr std::array k_ranges = {Range{11, Unit::s, 9}, Range{14, Unit::ms, 6}, Range{17, Unit::us, 3},
                                   Range{20, Unit::ns, 0}};
  if (json.starts_with('"')) {
    const auto text = payloads.bytes(json);
    const auto iso = text ? model::IsoInstant::parse(*text) : std::nullopt;
    return iso ? std::optional{WrittenInstant{Unit::text, Decimal{iso->since_epoch().count()}.shifted(k_ms_power)}}
               : std::nullopt;
  }
  const auto number = Decimal::parse(json);
  if (!number) {
    return std::nullopt;
  }
  const auto range = std::find_if(k_ranges.begin(), k_ranges.end(), [&](const Range& each) {
    return number->magnitude() < Decimal{1}.shifted(each.below);
  });
  return range == k_ranges.end() ? std::nullopt
                                 : std::optional{WrittenInstant{range->unit, number->shifted(range->power)}};
}

bool instants_agree(const Tolerance& tolerance, std::string_view before, std::string_view after,
                    const CaptureTimes& captured, const model::PayloadReader& payloads) {
  const auto old_instant = instant(before, payloads), new_instant = instant(after, payloads);
  if (!old_instant || !new_instant || old_instant->unit != new_instant->unit) {
    return false;
  }
  const auto since_capture = [](const WrittenInstant& at, Instant capture) {
    return at.nanoseconds - Decimal{to_ms(capture)}.shifted(k_ms_power);
  };
  const Decimal apart = since_capture(*new_instant, captured.after) - since_capture(*old_instant, captured.before);
  return apart.magnitude() <= tolerance.amount;
}

/// How many elements each array has: one more than the highest index that a leaf below it has.
LengthMap lengths_of(std::string_view path, Leaves leaves) {
  using Kind = config::PathPattern::Step::Kind;
  LengthMap lengths;
  for (const model::PayloadReader::Leaf& leaf : leaves) {
    const std::string_view below = leaf.path;
    const auto steps = config::parse_path(below);
    if (!steps) {
      continue;
    }
    std::size_t end = 0;
    for (const config::PathPattern::Step& step : *steps) {
      if (step.kind == Kind::index) {
        std::uint64_t& length = lengths[std::string{path}.append(below.substr(0, end))];
        length = std::max<std::uint64_t>(length, step.index + 1);
      }
      end = step.end;
    }
    if (leaf.json == "[]") {
      lengths.try_emplace(std::string{path}.append(below), 0);
    }
  }
  return lengths;
}

}  // namespace

void ArrayLengths::add(std::string_view path, Leaves before, Leaves after) {
  const LengthMap old_lengths = lengths_of(path, before), new_lengths = lengths_of(path, after);
  for (const auto& [array, length] : old_lengths) {
    if (const auto same = new_lengths.find(array); same != new_lengths.end()) {
      set(array, {length, same->second});
    }
  }
}

std::optional<Lengths> ArrayLengths::find(std::string_view path) const {
  const auto at = m_by_path.find(path);
  return at == m_by_path.end() ? std::nullopt : std::optional{at->second};
}

bool values_agree(const Tolerance& tolerance, std::string_view before, std::string_view after,
                  const CaptureTimes& captured, const model::PayloadReader& payloads) {
  if (tolerance.of == Tolerance::Of::instant) {
    return instants_agree(tolerance, before, after, captured, payloads);
  }
  const auto old_number = Decimal::parse(before), new_number = Decimal::parse(after);
  return tolerance.of == Tolerance::Of::number && old_number && new_number &&
         is_within_bound(tolerance, *old_number, *new_number);
}

bool lengths_agree(const Tolerance& tolerance, Lengths lengths, const config::CountTolerance& counts) {
  if (tolerance.bound == Bound::counts) {
    return is_within(counts, std::max(lengths.before, lengths.after) - std::min(lengths.before, lengths.after),
                     lengths.before);
  }
  return is_within_bound(tolerance, decimal(lengths.before), decimal(lengths.after));
}

bool is_within(const config::CountTolerance& counts, std::uint64_t difference, std::uint64_t before) {
  const Decimal apart = decimal(difference);
  return apart <= counts.absolute || is_within_percent(counts.percent, decimal(before), apart);
}

std::optional<Lengths> text_lengths(std::string_view before, std::string_view after,
                                    const model::PayloadReader& payloads) {
  const auto old_text = payloads.bytes(before), new_text = payloads.bytes(after);
  return old_text && new_text ? std::optional{Lengths{count_characters(*old_text), count_characters(*new_text)}}
                              : std::nullopt;
}

}  // namespace qsnap::diff
