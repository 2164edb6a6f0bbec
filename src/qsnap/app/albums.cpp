// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/albums.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/open_album.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/dated_files.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

using report::AlbumChangeView;
using report::AlbumMemberView;
using report::MemberState;
using store::Album;
using store::AlbumMember;
using store::AlbumStore;
using store::SnapshotName;

AlbumChangeView change_view(const AlbumStore& albums, const Album& album, std::string_view action,
                            std::vector<std::string> members = {}) {
  return {album.name, albums.path_of(album.name).native(), std::string{action}, std::move(members),
          album.members.size()};
}

std::vector<AlbumMember>::iterator find_member(Album& album, const SnapshotName& name) {
  return std::find_if(album.members.begin(), album.members.end(),
                      [&](const AlbumMember& member) { return member.name == name; });
}

/// Whether a commit brought the index of an entry, of whatever history.
Result<bool> is_indexed(const store::Store& store, const SnapshotName& name) {
  const std::filesystem::path file = name.in(store.chain().current()).text() + std::string{store::k_index_suffix};
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, store::open_folder(store.folder(), file.parent_path()));
  if (!folder) {
    return false;
  }
  QSNAP_ASSIGN(const auto kind, store::entry_kind(*folder, store.folder() / file));
  return kind == store::EntryKind::file;
}

enum class Known : std::uint8_t { here, by_index, not_at_all };

/// In the tree, or an entry of the current set's history.
Result<Known> look_up(const store::Store& store, const SnapshotName& name) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  if (place || !name.is_history()) {
    return place ? Known::here : Known::not_at_all;
  }
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(const std::optional<store::HistoryEntry> entry, history.find(name));
  if (entry) {
    return Known::here;
  }
  QSNAP_ASSIGN(const bool indexed, is_indexed(store, name));
  return indexed ? Known::by_index : Known::not_at_all;
}

Result<void> check_new_member(const store::Store& store, const SnapshotName& name) {
  if (name.set()) {
    return make_error(ErrorCode::usage,
                      fmt::format("an album names snapshots without their set, and {} has one", name.text()),
                      {name.bare().text()});
  }
  QSNAP_ASSIGN(const Known known, look_up(store, name));
  if (known == Known::not_at_all) {
    QSNAP_TRY(open_snapshot(store, name));  // says what there is instead
  }
  return {};
}

/// All but its conflicts, which Git is asked for once.
Result<AlbumMemberView> view_member(const store::Store& store, const AlbumMember& member) {
  AlbumMemberView view{member.name.text(), member.note, MemberState::missing, {}, {}, {}, {}};
  QSNAP_ASSIGN(const Known known, look_up(store, member.name));
  if (known == Known::by_index) {
    view.state = MemberState::elsewhere;
    view.problem = "only its index is here: git qsnap history pull";
  }
  if (known != Known::here) {
    return view;
  }
  const Result<std::optional<codec::SnapshotReader>> found = store.find(member.name);
  if (!found) {
    const bool is_absent = found.error().code == ErrorCode::not_found;
    view.state = is_absent ? MemberState::elsewhere : MemberState::broken;
    view.problem = found.error().message;
  } else if (*found) {
    const codec::SnapshotReader& snapshot = **found;
    view.state = snapshot.has_conflicts() ? MemberState::conflicted : MemberState::present;
    view.jobs = model::count_records(snapshot, model::Section::jobs);
    view.queues = model::count_records(snapshot, model::Section::queues);
    view.captured_at = snapshot.metadata().captured_at;
  }
  return view;
}

}  // namespace

Result<std::vector<report::ListedAlbum>> list_albums(const store::Store& store, std::string_view tag) {
  QSNAP_ASSIGN(const std::vector<Album> albums, AlbumStore{store.folder()}.list());
  std::vector<report::ListedAlbum> listed;
  for (const Album& album : albums) {
    if (tag.empty() || std::find(album.tags.begin(), album.tags.end(), tag) != album.tags.end()) {
      listed.push_back({album.name, album.description, album.tags, album.members.size()});
    }
  }
  return listed;
}

Result<report::AlbumView> view_album(const store::Store& store, const std::filesystem::path& folder,
                                     std::string_view name) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const Album album, open_album(albums, name));
  QSNAP_ASSIGN(const std::set<std::string> conflicted, conflicted_names(folder));
  report::AlbumView view{album.name, albums.path_of(name).native(), album.description, album.tags, {}};
  for (const AlbumMember& member : album.members) {
    QSNAP_ASSIGN(AlbumMemberView row, view_member(store, member));
    QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(member.name));
    const store::SetName set = place ? place->set : store.chain().current();  // one that a side deleted is nowhere
    if (conflicted.contains(member.name.in(set).text())) {
      row.state = MemberState::conflicted;
    }
    view.members.push_back(std::move(row));
  }
  return view;
}

Result<AlbumChangeView> create_album(const store::Store& store, std::string_view name, const LabelWords& labels) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const UniqueFd lock, albums.lock());
  QSNAP_ASSIGN(const std::optional<Album> existing, albums.find(name));
  if (existing) {
    return make_error(ErrorCode::refused, fmt::format("there is an album {} already", name),
                      {fmt::format("git qsnap album show {}", name), fmt::format("git qsnap album edit {} …", name)});
  }
  const Album album{std::string{name}, labels.description, labels.tags, {}};
  QSNAP_TRY(albums.put(album));
  return change_view(albums, album, "created");
}

Result<AlbumChangeView> edit_album(const store::Store& store, std::string_view name, const LabelChange& change) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const UniqueFd lock, albums.lock());
  QSNAP_ASSIGN(Album album, open_album(albums, name));
  const LabelWords before{album.description, album.tags};
  QSNAP_ASSIGN(const LabelWords after, changed_labels(before, change, fmt::format("the album {}", name)));
  if (after == before) {
    return change_view(albums, album, "unchanged");
  }
  album.description = after.description;
  album.tags = after.tags;
  QSNAP_TRY(albums.put(album));
  return change_view(albums, album, "changed");
}

Result<AlbumChangeView> delete_album(const store::Store& store, std::string_view name) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const UniqueFd lock, albums.lock());
  QSNAP_ASSIGN(const bool removed, albums.remove(name));
  return removed ? change_view(albums, Album{std::string{name}, {}, {}, {}}, "deleted")
                 : Result<AlbumChangeView>{missing_album(albums, name)};
}

Result<AlbumChangeView> add_members(const store::Store& store, std::string_view name,
                                    const std::vector<SnapshotName>& members, const std::optional<std::string>& note) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const UniqueFd lock, albums.lock());
  for (const SnapshotName& member : members) {  // a prune drops none of them from here on
    QSNAP_TRY(check_new_member(store, member));
  }
  QSNAP_ASSIGN(Album album, open_album(albums, name));
  std::vector<std::string> changed;
  for (const SnapshotName& member : members) {
    const auto at = find_member(album, member);
    if (at == album.members.end()) {
      album.members.push_back({member, note.value_or(std::string{})});
    } else if (note && at->note != *note) {
      at->note = *note;
    } else {
      continue;
    }
    changed.push_back(member.text());
  }
  if (changed.empty()) {
    return change_view(albums, album, "unchanged");
  }
  store::sort_members(album.members);
  QSNAP_TRY(albums.put(album));
  return change_view(albums, album, "changed", std::move(changed));
}

Result<AlbumChangeView> remove_members(const store::Store& store, std::string_view name,
                                       const std::vector<SnapshotName>& members) {
  const AlbumStore albums{store.folder()};
  QSNAP_ASSIGN(const UniqueFd lock, albums.lock());
  QSNAP_ASSIGN(Album album, open_album(albums, name));
  std::vector<std::string> changed;
  for (const SnapshotName& member : members) {
    const auto at = find_member(album, member);
    if (at == album.members.end()) {
      return make_error(ErrorCode::not_found, fmt::format("{} is no member of the album {}", member.text(), name),
                        {fmt::format("git qsnap album show {}", name)});
    }
    album.members.erase(at);
    changed.push_back(member.text());
  }
  QSNAP_TRY(albums.put(album));
  return change_view(albums, album, "changed", std::move(changed));
}

}  // namespace qsnap::app
