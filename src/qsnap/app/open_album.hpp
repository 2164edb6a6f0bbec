// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/report/snapshot_report.hpp>
#include <qsnap/store/album.hpp>

namespace qsnap::app {

/// An album that must be there. Errors with missing_album().
Result<store::Album> open_album(const store::AlbumStore& albums, std::string_view name);
/// not_found, with names that look alike, as far as the albums can be read.
[[nodiscard]] Error missing_album(const store::AlbumStore& albums, std::string_view name);

/// Those of the snapshots that are in the album.
[[nodiscard]] std::vector<report::ListedSnapshot> only_members(std::vector<report::ListedSnapshot> listed,
                                                               const store::Album& album);
/// Those with this tag.
[[nodiscard]] std::vector<report::ListedSnapshot> only_tagged(std::vector<report::ListedSnapshot> listed,
                                                              std::string_view tag);

}  // namespace qsnap::app
