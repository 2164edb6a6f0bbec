// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/store/history_name.hpp>
#include <qsnap/store/history_point.hpp>

namespace qsnap::store {

namespace {

Error bad_point(std::string_view text) {
  return make_error(ErrorCode::usage, fmt::format("\"{}\" is no point of history", text),
                    {"SERIES@latest, SERIES@{3}: three before the newest one, SERIES@{2 days ago}, SERIES@{2026-11-20}",
                     "history@latest is of the series without a name"});
}

}  // namespace

Result<HistoryPoint> parse_history_point(std::string_view text, Instant now) {
  constexpr std::string_view k_home = "history", k_latest = "latest";
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) {
    return bad_point(text);
  }
  std::string_view series = text.substr(0, at);
  std::string_view where = text.substr(at + 1);
  if (series == k_home) {
    series = {};
  } else if (series.empty()) {
    return bad_point(text);
  } else if (series.starts_with(k_home) && series.substr(k_home.size()).starts_with('/')) {
    series.remove_prefix(k_home.size() + 1);
  }
  QSNAP_ASSIGN(std::string name, parse_series(series));
  if (where == k_latest) {
    return HistoryPoint{std::move(name), std::uint64_t{0}};
  }
  if (!where.starts_with('{') || !where.ends_with('}')) {
    return bad_point(text);
  }
  where = where.substr(1, where.size() - 2);
  if (const auto count = parse_integer(where); count && *count >= 0) {
    return HistoryPoint{std::move(name), static_cast<std::uint64_t>(*count)};
  }
  QSNAP_ASSIGN(const Instant instant, parse_time_words(where, now));
  return HistoryPoint{std::move(name), instant};
}

std::optional<SnapshotName> find_point(std::span<const SnapshotName> names, const HistoryPoint& point) {
  const Instant* const latest = std::get_if<Instant>(&point.where);
  std::uint64_t before = latest == nullptr ? std::get<std::uint64_t>(point.where) : 0;
  for (std::size_t i = names.size(); i-- > 0;) {
    const auto parts = history_parts(names[i]);
    if (!parts || parts->series != point.series || (latest != nullptr && parts->captured_at > *latest)) {
      continue;
    }
    if (before-- == 0) {
      return names[i];
    }
  }
  return std::nullopt;
}

}  // namespace qsnap::store
