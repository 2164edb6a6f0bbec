// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/time_words.hpp>

namespace qsnap {

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

struct Unit {
  std::string_view word;
  seconds length;
};
constexpr seconds k_day = 24h;
constexpr std::array k_units = {Unit{"second", 1s},       Unit{"minute", 1min},    Unit{"hour", 1h},
                                Unit{"day", k_day},       Unit{"week", 7 * k_day}, Unit{"month", 30 * k_day},
                                Unit{"year", 365 * k_day}};

/// "3 hours ago"
std::optional<Instant> time_ago(std::string_view text, Instant now) {
  const std::vector<std::string_view> words = split(text, ' ');
  if (words.size() != 3 || words[2] != "ago") {
    return std::nullopt;
  }
  constexpr std::int64_t k_most = 1'000'000'000;  // seconds: what is before any Redis, and far from an overflow
  const auto count = parse_integer(words[0]);
  std::string_view word = words[1];
  if (word.ends_with('s')) {
    word.remove_suffix(1);
  }
  const auto* const unit =
      std::find_if(k_units.begin(), k_units.end(), [&](const Unit& known) { return known.word == word; });
  const bool fits = count && *count >= 0 && unit != k_units.end() && *count <= k_most / unit->length.count();
  return fits ? std::optional<Instant>{now - *count * unit->length} : std::nullopt;
}

/// A date, with a time or without one: completed to what parse_instant() reads.
std::optional<Instant> date(std::string_view text) {
  constexpr std::string_view k_date = "2026-11-20", k_minutes = "2026-11-20 10:00", k_seconds = "2026-11-20 10:00:00";
  std::string full{text};
  if (text.size() == k_date.size()) {  // the last state of that day
    return parse_instant(full + "T23:59:59.999Z");
  }
  if (text.size() > k_date.size() && text[k_date.size()] == ' ') {
    full[k_date.size()] = 'T';
    full += text.size() == k_minutes.size() ? ":00.000Z" : text.size() == k_seconds.size() ? ".000Z" : "";
  } else if (text.size() == k_seconds.size() + 1 && text.ends_with('Z')) {
    full.insert(full.size() - 1, ".000");
  }
  return parse_instant(full);
}

}  // namespace

Result<Instant> parse_time_words(std::string_view text, Instant now) {
  if (text == "now") {
    return now;
  }
  if (text == "yesterday") {
    return now - k_day;
  }
  auto found = time_ago(text, now);
  found = found ? found : date(text);
  return found ? Result<Instant>{*found}
               : make_error(ErrorCode::usage, fmt::format("\"{}\" is no time", text),
                            {"now, yesterday, 3 hours ago, 2 weeks ago, 2026-11-20, 2026-11-20 10:00 (UTC), "
                             "2026-11-20T10:00:00Z"});
}

std::string file_stamp(Instant at) {
  std::string text = format_instant(at);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace qsnap
