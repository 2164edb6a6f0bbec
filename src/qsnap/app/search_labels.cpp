// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/found_views.hpp>
#include <qsnap/app/search_labels.hpp>

namespace qsnap::app {

namespace {

constexpr std::array<std::string_view, 3> k_homes = {"history", "test-cases", "baselines"};

std::string_view home_of(const std::string& bare_name) {
  return std::string_view{bare_name}.substr(0, bare_name.find('/'));
}

}  // namespace

bool is_home(std::string_view place) {
  return std::find(k_homes.begin(), k_homes.end(), place) != k_homes.end();
}

bool is_in(const SearchSource& source, std::string_view place) {
  return is_home(place) ? home_of(source.name.bare().text()) == place : source.set.text() == place;
}

bool is_in_any(const SearchSource& source, const std::vector<std::string>& places) {
  return places.empty() ||
         std::any_of(places.begin(), places.end(), [&](const std::string& place) { return is_in(source, place); });
}

std::vector<std::string> tags_of(const SearchSource& source, const search::SnapshotSummary& summary) {
  return source.entry ? source.entry->tags : summary.tags;
}

SnapshotLabels SnapshotLabels::read(const store::Store& store, std::vector<report::SearchProblem>& problems) {
  SnapshotLabels labels;
  const store::AlbumStore albums{store.folder()};
  const auto names = albums.names();
  if (!names) {
    problems.push_back({"albums", names.error().message});
    return labels;
  }
  for (const std::string& name : *names) {
    const auto album = albums.find(name);
    if (!album) {
      problems.push_back({fmt::format("album {}", name), album.error().message});
    } else if (*album) {
      for (const store::AlbumMember& member : (*album)->members) {
        labels.m_albums.emplace(member.name.text(),
                                store::Album{name, (*album)->description, (*album)->tags, {member}});
      }
    }
  }
  return labels;
}

std::vector<SnapshotLabels::Label> SnapshotLabels::labels_of(const SearchSource& source,
                                                             const search::SnapshotSummary& summary) const {
  const std::string name = source.name.bare().text();
  std::vector<Label> labels = {{"name", name}};
  if (!source.set.is_default()) {
    labels.push_back({"set", source.set.text()});
  }
  labels.push_back({"description", source.entry ? source.entry->description : summary.description});
  for (const std::string& tag : tags_of(source, summary)) {
    labels.push_back({"tag", tag});
  }
  const auto [first, last] = m_albums.equal_range(name);
  for (auto at = first; at != last; ++at) {
    const store::Album& album = at->second;
    labels.push_back({"album", album.name});
    labels.push_back({"album " + album.name, album.description});
    labels.push_back({"note in album " + album.name, album.members.front().note});
    for (const std::string& tag : album.tags) {
      labels.push_back({"tag of album " + album.name, tag});
    }
  }
  return labels;
}

LabelMatch SnapshotLabels::match(const search::Query& query, const SearchSource& source,
                                 const search::SnapshotSummary& summary) const {
  LabelMatch match;
  const std::vector<Label> labels = labels_of(source, summary);
  match.has_tags = std::all_of(query.tags.begin(), query.tags.end(), [&](const std::string& tag) {
    return std::any_of(labels.begin(), labels.end(), [&](const Label& label) {
      return label.text == tag && (label.where == "tag" || label.where.starts_with("tag of album "));
    });
  });
  if (!match.has_tags || !query.is_about_snapshots()) {
    return match;
  }
  if (query.terms.empty()) {  // its labels are all that was asked for
    match.about.push_back({"name", source.name.bare().text(), {}, false, false});
    return match;
  }
  std::map<std::size_t, std::vector<search::Mark>> found;  // by label
  for (const search::Term& term : query.terms) {
    bool anywhere = false;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (const auto mark = search::find_term(labels[i].text, term)) {
        anywhere = true;
        search::add_mark(found[i], *mark);
      }
    }
    if (!anywhere) {
      return match;
    }
  }
  for (const auto& [label, marks] : found) {
    match.about.push_back(found_text(labels[label].where, search::excerpt_of(labels[label].text, marks)));
  }
  return match;
}

}  // namespace qsnap::app
