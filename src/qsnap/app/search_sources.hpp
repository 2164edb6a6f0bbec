// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/store.hpp>

/// What a search looks through: the snapshots of all sets, and all dated captures.
namespace qsnap::app {

struct SearchSource {
  store::SnapshotName name;  ///< its own: with its set, unless that is the default one
  store::SetName set;
  std::optional<store::HistoryEntry> entry;  ///< of a dated capture
  std::string stamp;                         ///< changes whenever what is in it does
};

struct SearchSources {
  std::vector<SearchSource> list;
  std::vector<report::SearchProblem> problems;  ///< what cannot be searched
};

/// `store` is used without its sets: a name means the snapshot of its own set.
Result<SearchSources> search_sources(const store::Store& store);

/// Errors with not_found for what is gone meanwhile.
Result<codec::SnapshotReader> open_source(const store::Store& store, const SearchSource& source);

}  // namespace qsnap::app
