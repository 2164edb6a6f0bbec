// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `album` and `tag`.
namespace qsnap::report {

/// Whether the snapshot that an album names can be had.
enum class MemberState : std::uint8_t {
  present,
  conflicted,  ///< a merge left conflicts in it
  missing,     ///< no snapshot and no entry of history has the name
  elsewhere,   ///< known here, but its bytes are not (Git LFS, somebody else's history)
  broken,
};
[[nodiscard]] std::string_view to_text(MemberState state);

struct AlbumMemberView {
  std::string name, note;
  MemberState state = MemberState::missing;
  std::string problem;  ///< of one that is elsewhere or broken: why
  std::optional<std::uint64_t> jobs, queues;
  std::optional<Instant> captured_at;
};

struct AlbumView {
  std::string name, path, description;
  std::vector<std::string> tags;
  std::vector<AlbumMemberView> members;
};
[[nodiscard]] std::string album_text(const AlbumView& view, const Style& style);
/// schemas/v1/album-view.schema.json
[[nodiscard]] std::string album_json(const AlbumView& view);

/// A line of `album list`.
struct ListedAlbum {
  std::string name, description;
  std::vector<std::string> tags;
  std::uint64_t members = 0;
};
/// `tag` is what was asked for; empty: all albums.
[[nodiscard]] std::string album_list_text(std::span<const ListedAlbum> albums, std::string_view tag,
                                          const Style& style);
[[nodiscard]] std::string album_list_json(std::span<const ListedAlbum> albums);

/// What a command has made of an album.
struct AlbumChangeView {
  std::string name, path;
  std::string action;                ///< created, changed, unchanged, deleted
  std::vector<std::string> members;  ///< that were added, changed or removed
  std::uint64_t total = 0;           ///< members that it has now
};
[[nodiscard]] std::string album_change_text(const AlbumChangeView& view, const Style& style);
[[nodiscard]] std::string album_change_json(const AlbumChangeView& view);

/// What is written on a snapshot, now.
struct TagView {
  std::string name;
  std::string path;  ///< of the file that has it; empty for an entry of history
  bool changed = false;
  std::string description;
  std::vector<std::string> tags;
};
[[nodiscard]] std::string tag_text(const TagView& view, const Style& style);
[[nodiscard]] std::string tag_json(const TagView& view);

}  // namespace qsnap::report
