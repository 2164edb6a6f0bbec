// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/branch_albums.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/album_json.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// Ids of the albums folders, each once.
Result<std::set<std::string>> album_folders(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string refs,
               git::git_output({folder, {"for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"}, {}}));
  git::GitCommand command{folder, {"cat-file", "--batch-check=%(objectname) %(objecttype)"}, {}};
  for (const std::string_view ref : split(refs, '\n')) {
    command.input += ref.empty() ? "" : fmt::format("{}:{}/albums\n", ref, store::k_folder);
  }
  QSNAP_ASSIGN(const std::string told, git::git_output(command));
  std::set<std::string> folders;
  for (const std::string_view line : split(told, '\n')) {
    constexpr std::string_view k_tree = " tree";
    if (line.ends_with(k_tree)) {
      folders.emplace(line.substr(0, line.size() - k_tree.size()));
    }
  }
  return folders;
}

/// Blobs of regular files, and what they are called.
Result<std::map<std::string, std::string>> album_files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  QSNAP_ASSIGN(const std::set<std::string> folders, album_folders(folder));
  for (const std::string& id : folders) {
    QSNAP_ASSIGN(const std::string listed, git::git_output({folder, {"ls-tree", "-z", "--full-tree", id}, {}}));
    for (const std::string_view line : split(listed, '\0')) {
      const std::size_t tab = line.find('\t');
      const auto words = split(line.substr(0, tab), ' ');
      if (tab != std::string_view::npos && words.size() == 3 && words[0].starts_with("100") &&
          line.ends_with(".json")) {
        files.emplace(words[2], line.substr(tab + 1));
      }
    }
  }
  return files;
}

}  // namespace

Result<std::vector<store::Album>> albums_of_branches(const fs::path& folder) {
  QSNAP_ASSIGN(const auto files, album_files(folder));
  std::vector<std::string> ids;
  for (const auto& [id, name] : files) {
    ids.push_back(id);
  }
  std::vector<store::Album> albums;
  QSNAP_TRY(for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
    const std::string what = fmt::format("album {} on another branch (blob {})", files.at(ids[index]), ids[index]);
    if (!blob || blob->size() > store::k_most_album_bytes) {
      return make_error(ErrorCode::corrupt, fmt::format("{}: {}", what, blob ? "is too large" : k_blob_is_missing));
    }
    QSNAP_ASSIGN(const std::string json, blob->read(0, blob->size()));
    Result<store::Album> album = store::parse_album(json);
    if (!album) {
      return with_context(std::move(album).error(), what);
    }
    albums.push_back(*std::move(album));
    return {};
  }));
  return albums;
}

}  // namespace qsnap::app
