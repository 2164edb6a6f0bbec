// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/label_change.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/album_report.hpp>
#include <qsnap/store/store.hpp>

/// `git qsnap album`: groups of snapshots by their names. Nothing here changes a snapshot. Errors with not_found, and
/// the nearest names, for an album that is not there.
namespace qsnap::app {

/// Those with this tag; an empty one: all.
Result<std::vector<report::ListedAlbum>> list_albums(const store::Store& store, std::string_view tag);
/// What is in it, as the sets of `store` have its members. `folder` is where Git is asked for conflicts.
Result<report::AlbumView> view_album(const store::Store& store, const std::filesystem::path& folder,
                                     std::string_view name);

/// A new one without members. Errors with `refused` if there is one of that name.
Result<report::AlbumChangeView> create_album(const store::Store& store, std::string_view name,
                                             const LabelWords& labels);
Result<report::AlbumChangeView> edit_album(const store::Store& store, std::string_view name, const LabelChange& change);
/// The album, not its members. Also one that cannot be read.
Result<report::AlbumChangeView> delete_album(const store::Store& store, std::string_view name);

/// With a note, it becomes that of each of them, also of those that are members already. Errors with not_found for what
/// is no snapshot and no entry of history; nothing is added then.
Result<report::AlbumChangeView> add_members(const store::Store& store, std::string_view name,
                                            const std::vector<store::SnapshotName>& members,
                                            const std::optional<std::string>& note);
/// Errors with not_found for what is no member; nothing is removed then.
Result<report::AlbumChangeView> remove_members(const store::Store& store, std::string_view name,
                                               const std::vector<store::SnapshotName>& members);

}  // namespace qsnap::app
