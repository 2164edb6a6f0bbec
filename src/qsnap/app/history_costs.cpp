// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/history_costs.hpp>
#include <qsnap/app/loose_objects.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/object_sizes.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::app {

namespace {

using Sizes = std::map<std::string, std::optional<std::uint64_t>>;  ///< by blob

Result<Sizes> sizes_of(const store::Store& store, const std::vector<store::HistoryEntry>& entries) {
  std::vector<std::string> ids;
  for (const store::HistoryEntry& entry : entries) {
    ids.push_back(entry.payload_id);
  }
  QSNAP_ASSIGN(const std::vector<std::optional<std::uint64_t>> bytes, git::sizes_on_disk(store.folder(), ids));
  Sizes sizes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    sizes[ids[i]] = bytes[i];
  }
  return sizes;
}

/// Of all objects that the ref reaches.
Result<std::uint64_t> ref_bytes(const store::Store& store, const std::string& ref) {
  QSNAP_ASSIGN(
      const std::string line,
      git::git_line({store.folder(), {"rev-list", "--objects", "--disk-usage", "--missing=allow-any", ref}, {}}));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, parse_integer(line).value_or(0)));
}

/// `entries`: the oldest first, so that the first one of equal states pays.
std::vector<report::HistoryCostSeries> rows_of(const std::vector<store::HistoryEntry>& entries, const Sizes& sizes) {
  std::map<std::string, report::HistoryCostSeries> by_series;
  std::map<std::string_view, std::string_view> paid;  // blob, entry
  for (const store::HistoryEntry& entry : entries) {
    report::HistoryCost cost{entry.name.text(), entry.captured_at,          entry.jobs,
                             entry.raw_bytes,   sizes.at(entry.payload_id), {}};
    const auto [payer, is_new] = paid.emplace(entry.payload_id, entry.name.text());
    cost.same_as = is_new ? "" : payer->second;
    report::HistoryCostSeries& series = by_series[entry.series()];
    series.series = entry.series();
    series.rows.push_back(std::move(cost));
  }
  std::vector<report::HistoryCostSeries> all;
  for (auto& [name, series] : by_series) {
    std::reverse(series.rows.begin(), series.rows.end());
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace

Result<report::HistoryCostsView> history_costs(const store::Store& store, const std::optional<std::string>& series) {
  const store::History history{store.repository(), store.chain().current()};
  report::HistoryCostsView view{history.set().text(), history.ref(), {}, 0, 0, 0};
  QSNAP_ASSIGN(std::vector<store::HistoryEntry> entries, history.list());
  if (series) {
    std::erase_if(entries, [&](const store::HistoryEntry& entry) { return entry.series() != *series; });
    if (entries.empty()) {
      return make_error(
          ErrorCode::not_found,
          fmt::format("set {} has no capture in series {}", view.set, series->empty() ? "history/" : *series),
          {"git qsnap history list"});
    }
  }
  if (entries.empty()) {
    return view;
  }
  QSNAP_ASSIGN(const Sizes sizes, sizes_of(store, entries));
  view.series = rows_of(entries, sizes);
  QSNAP_ASSIGN(view.ref_bytes, ref_bytes(store, view.ref));
  const LooseObjects loose{store.common_dir() / "objects"};
  for (const auto& [id, bytes] : sizes) {
    if (const auto own = loose.bytes_of(id)) {
      ++view.loose;
      view.loose_bytes += *own;
    }
  }
  return view;
}

}  // namespace qsnap::app
