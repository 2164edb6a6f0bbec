// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/history_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

struct HistoryListRequest {
  std::optional<std::string> series;  ///< as parse_series() gives it; absent: all
  std::optional<Instant> since;
  std::string tag;  ///< empty: all
  Instant now;
};

/// The dated captures of the current set: those of its ref, those that only the index files of the tree know (somebody
/// else's, before a pull), and those that are kept in the tree.
Result<report::HistoryListView> list_history(const store::Store& store, const HistoryListRequest& request);

}  // namespace qsnap::app
