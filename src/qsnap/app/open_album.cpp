// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/open_album.hpp>

namespace qsnap::app {

Error missing_album(const store::AlbumStore& albums, std::string_view name) {
  const Result<std::vector<std::string>> listed = albums.names();
  const std::vector<std::string> known = listed ? *listed : std::vector<std::string>{};
  Error error = make_error(ErrorCode::not_found, fmt::format("there is no album {}", name));
  constexpr std::size_t k_most_hints = 3;
  for (const std::string& album : known) {
    const bool alike = album.find(name) != std::string::npos || name.find(album) != std::string_view::npos;
    if (alike && error.hints.size() < k_most_hints) {
      error.hints.push_back(fmt::format("did you mean {}?", album));
    }
  }
  error.hints.emplace_back(listed && known.empty() ? "git qsnap album create NAME" : "git qsnap album list");
  return error;
}

Result<store::Album> open_album(const store::AlbumStore& albums, std::string_view name) {
  QSNAP_ASSIGN(std::optional<store::Album> album, albums.find(name));
  return album ? Result<store::Album>{*std::move(album)} : missing_album(albums, name);
}

std::vector<report::ListedSnapshot> only_members(std::vector<report::ListedSnapshot> listed,
                                                 const store::Album& album) {
  std::set<std::string> names;
  for (const store::AlbumMember& member : album.members) {
    names.insert(member.name.text());
  }
  std::erase_if(listed, [&](const report::ListedSnapshot& snapshot) { return !names.contains(snapshot.name); });
  return listed;
}

std::vector<report::ListedSnapshot> only_tagged(std::vector<report::ListedSnapshot> listed, std::string_view tag) {
  std::erase_if(listed, [&](const report::ListedSnapshot& snapshot) {
    if (!snapshot.view) {
      return true;
    }
    const std::vector<std::string>& tags = snapshot.view->metadata.tags;
    return std::find(tags.begin(), tags.end(), tag) == tags.end();
  });
  return listed;
}

}  // namespace qsnap::app
