// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_name.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_home = "history";
constexpr std::string_view k_entries = "entries";
constexpr std::size_t k_month_digits = 7;   // of "2026-11-21"
constexpr std::size_t k_random_digits = 8;  // 32 bits

/// "2026-11-21" and "045232.123Z-3f9c2a1b". Absent for anything else.
std::optional<Instant> instant_of(std::string_view day, std::string_view stamp) {
  constexpr std::string_view k_form = "045232.123Z-";
  if (stamp.size() != k_form.size() + k_random_digits || stamp[k_form.size() - 1] != '-' ||
      !from_hex(stamp.substr(k_form.size()))) {
    return std::nullopt;
  }
  return parse_instant(
      fmt::format("{}T{}:{}:{}", day, stamp.substr(0, 2), stamp.substr(2, 2), stamp.substr(4, k_form.size() - 1 - 4)));
}

std::string join(const std::vector<std::string_view>& parts) {
  return fmt::format("{}", fmt::join(parts, "/"));
}

/// Digits in groups, with '-' between them, as dates begin: "2026-11" and "2026-11-21".
bool looks_like_date(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '-'; });
}

}  // namespace

std::optional<HistoryNameParts> history_parts(const SnapshotName& name) {
  const std::string text = name.bare().text();
  const std::vector<std::string_view> parts = split(text, '/');
  constexpr std::size_t k_without_series = 3, k_with_series = 4;
  if ((parts.size() != k_without_series && parts.size() != k_with_series) || parts.front() != k_home) {
    return std::nullopt;
  }
  const std::string_view day = parts[parts.size() - 2], stamp = parts.back();
  const auto at = instant_of(day, stamp);
  const std::string series{parts.size() == k_with_series ? parts[1] : ""};
  if (!at || looks_like_date(series)) {
    return std::nullopt;
  }
  const std::string_view month = day.substr(0, k_month_digits), day_of_month = day.substr(k_month_digits + 1);
  std::vector<std::string_view> folder = {k_entries, series, month, day_of_month, stamp};
  if (series.empty()) {
    folder.erase(folder.begin() + 1);
  }
  return HistoryNameParts{series, *at, std::string{month}, join(folder)};
}

std::optional<SnapshotName> name_of_entry_folder(std::string_view folder) {
  const std::vector<std::string_view> parts = split(folder, '/');
  constexpr std::size_t k_without_series = 4, k_with_series = 5;
  if ((parts.size() != k_without_series && parts.size() != k_with_series) || parts.front() != k_entries) {
    return std::nullopt;
  }
  const std::string day = fmt::format("{}-{}", parts[parts.size() - 3], parts[parts.size() - 2]);
  std::vector<std::string_view> text = {k_home, parts[1], day, parts.back()};
  if (parts.size() == k_without_series) {
    text.erase(text.begin() + 1);
  }
  auto name = SnapshotName::parse(join(text));
  const auto found = name ? history_parts(*name) : std::nullopt;
  return found && found->folder == folder ? std::optional{*std::move(name)} : std::nullopt;
}

void sort_by_age(std::vector<SnapshotName>& names) {
  struct Dated {
    Instant at;
    SnapshotName name;
  };
  std::vector<Dated> dated;
  dated.reserve(names.size());
  for (SnapshotName& name : names) {
    const auto parts = history_parts(name);
    dated.push_back({parts ? parts->captured_at : Instant{}, std::move(name)});
  }
  std::sort(dated.begin(), dated.end(),
            [](const Dated& a, const Dated& b) { return a.at != b.at ? a.at < b.at : a.name.text() < b.name.text(); });
  names.clear();
  for (Dated& one : dated) {
    names.push_back(std::move(one.name));
  }
}

std::string HistoryEntry::series() const {
  const auto parts = history_parts(name);
  return parts ? parts->series : std::string{};
}

Result<std::string> parse_series(std::string_view text) {
  if (text.empty()) {
    return std::string{};
  }
  QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(fmt::format("{}/{}", k_home, text)));
  if (name.text().substr(k_home.size() + 1) != text || text.find('/') != std::string_view::npos) {
    return make_error(ErrorCode::usage, fmt::format("\"{}\" is not the name of a series: it has no '/'", text));
  }
  if (looks_like_date(text) || text == k_home) {
    return make_error(
        ErrorCode::usage,
        fmt::format("\"{}\" is not the name of a series: it is a date, or the series without a name", text));
  }
  return std::string{text};
}

SnapshotName new_history_name(std::string_view series, Instant captured_at) {
  constexpr std::size_t k_date_bytes = 10;
  const std::string text = format_instant(captured_at);
  std::string stamp = text.substr(k_date_bytes + 1);
  std::erase(stamp, ':');
  // Without random bits two captures of one millisecond would be one name: that is noticed when it is appended.
  const auto random = random_bytes(k_random_digits / 2);
  const std::string name =
      fmt::format("{}/{}{}{}/{}-{}", k_home, series, series.empty() ? "" : "/", text.substr(0, k_date_bytes), stamp,
                  random ? to_hex(*random) : std::string(k_random_digits, '0'));
  return *SnapshotName::parse(name);
}

}  // namespace qsnap::store
