// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/search_sources.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/search/index.hpp>
#include <qsnap/search/query.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/store.hpp>

/// What is said about a snapshot, and not in it: its name, its description, its tags and its albums.
namespace qsnap::app {

/// history, test-cases or baselines.
[[nodiscard]] bool is_home(std::string_view place);
/// Whether a snapshot is in that home, or in the set of that name.
[[nodiscard]] bool is_in(const SearchSource& source, std::string_view place);
/// No places: everywhere.
[[nodiscard]] bool is_in_any(const SearchSource& source, const std::vector<std::string>& places);

/// Those of its capture, and what was added to a dated one later.
[[nodiscard]] std::vector<std::string> tags_of(const SearchSource& source, const search::SnapshotSummary& summary);

struct LabelMatch {
  bool has_tags = false;                 ///< all that the query asks for
  std::vector<report::FoundText> about;  ///< the labels that have the query's terms; empty where not all are found
};

class SnapshotLabels {
 public:
  /// Albums that cannot be read are added to `problems`.
  static SnapshotLabels read(const store::Store& store, std::vector<report::SearchProblem>& problems);

  /// The terms may stand in different labels. Without any terms, whatever has the tags matches.
  [[nodiscard]] LabelMatch match(const search::Query& query, const SearchSource& source,
                                 const search::SnapshotSummary& summary) const;

 private:
  struct Label {
    std::string where;  ///< "description"
    std::string text;
  };
  [[nodiscard]] std::vector<Label> labels_of(const SearchSource& source, const search::SnapshotSummary& summary) const;

  std::multimap<std::string, store::Album> m_albums;  ///< by the bare names of their members
};

}  // namespace qsnap::app
