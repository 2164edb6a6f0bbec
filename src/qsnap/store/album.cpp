// SPDX-License-Identifier: Apache-2.0
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/album_json.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_albums_folder = "albums";
constexpr std::string_view k_album_suffix = ".json";

/// One component, by the rules of snapshots' names: those of which test-cases/NAME would be one.
bool is_album_name(std::string_view name) {
  return name.find('/') == std::string_view::npos && SnapshotName::parse(fmt::format("test-cases/{}", name));
}

Result<void> check_name(std::string_view name) {
  return is_album_name(name)
             ? Result<void>{}
             : make_error(ErrorCode::usage,
                          fmt::format("\"{}\" is no name of an album: it has A-Z, a-z, 0-9, '.', '_' and '-', begins "
                                      "with a letter or a digit and has at most 100 of them",
                                      name));
}

fs::path file_of(std::string_view name) {
  return fmt::format("{}{}", name, k_album_suffix);
}

Result<Album> read_album(const fs::path& path, std::string_view name) {
  QSNAP_ASSIGN(const std::string text, read_file(path, k_most_album_bytes));
  Result<Album> album = parse_album(text);
  if (album && album->name != name) {
    album = make_error(ErrorCode::corrupt, fmt::format("is the album \"{}\", which has another file", album->name));
  }
  return album ? std::move(album) : with_context(std::move(album).error(), path.native());
}

}  // namespace

void sort_members(std::vector<AlbumMember>& members) {
  const auto text = [](const AlbumMember& member) -> const std::string& { return member.name.text(); };
  std::stable_sort(members.begin(), members.end(),
                   [&](const AlbumMember& a, const AlbumMember& b) { return text(a) < text(b); });
  members.erase(std::unique(members.begin(), members.end(),
                            [&](const AlbumMember& a, const AlbumMember& b) { return text(a) == text(b); }),
                members.end());
}

fs::path AlbumStore::path_of(std::string_view name) const {
  return m_folder / k_albums_folder / file_of(name);
}

Result<std::vector<std::string>> AlbumStore::names() const {
  std::vector<std::string> names;
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, k_albums_folder));
  if (!folder) {
    return names;
  }
  QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(*folder, m_folder / k_albums_folder));
  for (const Entry& entry : entries) {
    std::string_view name = entry.name;
    name.remove_suffix(name.ends_with(k_album_suffix) ? k_album_suffix.size() : name.size());
    if (is_album_name(name)) {
      names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<Album>> AlbumStore::list() const {
  std::vector<Album> albums;
  QSNAP_ASSIGN(const std::vector<std::string> all, names());
  for (const std::string& name : all) {
    QSNAP_ASSIGN(std::optional<Album> album, find(name));
    if (album) {  // else somebody has just deleted it
      albums.push_back(*std::move(album));
    }
  }
  return albums;
}

Result<std::optional<Album>> AlbumStore::find(std::string_view name) const {
  QSNAP_TRY(check_name(name));
  const fs::path path = path_of(name);
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, k_albums_folder));
  const auto kind = folder ? entry_kind(*folder, path) : Result<std::optional<EntryKind>>{std::optional<EntryKind>{}};
  QSNAP_ASSIGN(const std::optional<EntryKind> found, kind);
  if (!found) {
    return std::optional<Album>{};
  }
  if (*found != EntryKind::file) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", path.native()));
  }
  QSNAP_ASSIGN(Album album, read_album(path, name));
  return std::optional{std::move(album)};
}

Result<UniqueFd> AlbumStore::lock() const {
  constexpr mode_t k_folder_mode = 0755;
  QSNAP_ASSIGN(UniqueFd folder, make_folders(m_folder, k_albums_folder, k_folder_mode));
  while (::flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) {
      return file_error("lock the folder", m_folder / k_albums_folder, errno);
    }
  }
  return folder;
}

Result<void> AlbumStore::put(const Album& album) const {
  QSNAP_TRY(check_name(album.name));
  const std::string text = format_album(album);
  if (text.size() > k_most_album_bytes) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("the album {} would have {} bytes; {} is the most that one may have", album.name,
                                  text.size(), k_most_album_bytes));
  }
  const fs::path path = path_of(album.name);
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, k_albums_folder));
  if (!folder) {
    return file_error("open the folder", path.parent_path(), ENOENT);
  }
  QSNAP_TRY(refuse_case_twin(*folder, path.parent_path(), path.filename().native()));
  return write_file_atomically(path, text);
}

Result<bool> AlbumStore::remove(std::string_view name) const {
  QSNAP_TRY(check_name(name));
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, k_albums_folder));
  const bool removed = folder && ::unlinkat(folder->get(), file_of(name).c_str(), 0) == 0;
  if (!removed) {
    return !folder || errno == ENOENT ? Result<bool>{false} : file_error("remove", path_of(name), errno);
  }
  return ::fsync(folder->get()) == 0 ? Result<bool>{true}
                                     : file_error("sync the folder", path_of(name).parent_path(), errno);
}

}  // namespace qsnap::store
