// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <utility>

#include <fmt/format.h>

#include <qsnap/app/history_sets.hpp>
#include <qsnap/app/search_sources.hpp>

namespace qsnap::app {

namespace {

/// Of a file: it has another inode or another time as soon as somebody writes it.
std::optional<std::string> stamp_of_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return fmt::format("file {} {} {}.{} {}.{} {}", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec, path.native());
}

Result<SearchSource> tree_source(const store::Store& store, store::SnapshotName name) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  const auto stamp = place ? stamp_of_file(store.folder() / place->below) : std::nullopt;
  if (!stamp) {
    return make_error(ErrorCode::not_found, "it is gone");
  }
  return SearchSource{std::move(name), place->set, std::nullopt, *stamp};
}

Result<void> add_tree(const store::Store& store, SearchSources& sources) {
  QSNAP_ASSIGN(std::vector<store::SnapshotName> names, store.list_all());
  for (store::SnapshotName& name : names) {
    const std::string text = name.text();
    if (auto source = tree_source(store, std::move(name))) {
      sources.list.push_back(*std::move(source));
    } else {
      sources.problems.push_back({text, source.error().message});
    }
  }
  return {};
}

/// A payload never changes, so its id is all that there is to know.
void add_captures(const store::Store& store, const store::SetName& set, SearchSources& sources) {
  const store::History history{store.repository(), set};
  auto entries = history.list();
  if (!entries) {
    sources.problems.push_back({history.ref(), entries.error().message});
    return;
  }
  for (store::HistoryEntry& entry : *entries) {
    std::string stamp = fmt::format("capture {}", entry.payload_id);
    store::SnapshotName name = entry.name;
    sources.list.push_back({std::move(name), set, std::move(entry), std::move(stamp)});
  }
}

}  // namespace

Result<SearchSources> search_sources(const store::Store& store) {
  SearchSources sources;
  QSNAP_TRY(add_tree(store, sources));
  QSNAP_ASSIGN(const std::vector<store::SetName> sets, history_sets(store.folder()));
  for (const store::SetName& set : sets) {
    add_captures(store, set, sources);
  }
  return sources;
}

Result<codec::SnapshotReader> open_source(const store::Store& store, const SearchSource& source) {
  if (source.entry) {
    return store::History{store.repository(), source.set}.open(*source.entry);
  }
  QSNAP_ASSIGN(std::optional<codec::SnapshotReader> found, store.find(source.name));
  return found ? Result<codec::SnapshotReader>{*std::move(found)}
               : make_error(ErrorCode::not_found, fmt::format("{} is gone", source.name.text()));
}

}  // namespace qsnap::app
