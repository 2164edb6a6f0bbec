// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class SearchExtent : std::uint8_t {
  first,  ///< so many snapshots, and a few records of each
  all,
};
enum class IndexUse : std::uint8_t { as_found, make_anew };

struct SearchRequest {
  std::vector<std::string> words;   ///< search/query.hpp, parse_query()
  std::vector<std::string> places;  ///< history, test-cases, baselines or sets; empty: everywhere
  SearchExtent extent = SearchExtent::first;
  std::size_t most_snapshots = 20;  ///< with SearchExtent::first
  IndexUse index = IndexUse::as_found;
  std::size_t threads = 1;
};

/// Looks through the snapshots of all sets and all dated captures, and hands out what it finds as it finds it: first
/// those whose name, description, tags or albums have the words, then the newest. Answers how many snapshots it told
/// of. What cannot be searched is told at the end. The index grows by what it did not know, and is never needed:
/// without one everything is decoded. Errors with what parse_query() errors with, `not_found` for a place that is
/// none, and those of `face`.
Result<std::uint64_t> search(const store::Store& store, const SearchRequest& request, report::SearchFace& face,
                             const Progress& progress);

}  // namespace qsnap::app
