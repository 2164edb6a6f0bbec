// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/store/json_members.hpp>
#include <qsnap/store/set_folder.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_schema = "qsnap.set/1";
constexpr std::string_view k_file = "set.json";
constexpr std::size_t k_most_file_bytes = 64 * limits::k_kib;
constexpr int k_most_depth = 6;  // of the five components of a name, and one more
constexpr mode_t k_shared_mode = 0755;

/// In Git, and below lfs/.
std::array<fs::path, 2> folders_of(const SetName& set) {
  const fs::path below = fs::path{"sets"} / set.encoded();
  return {below, fs::path{"lfs"} / below};
}

bool is_of_a_set(const fs::path& file) {
  const std::string name = file.filename().native();
  return name.ends_with(k_suffix) || name.ends_with(k_removed_suffix) || name == k_file;
}

/// What is ours of the files of one folder.
Result<std::vector<fs::path>> own_files(const Store& store, const fs::path& folder) {
  std::vector<fs::path> files;
  QSNAP_TRY(walk_files(store.folder(), folder, k_most_depth, [&](const fs::path& file, EntryKind kind) -> Result<void> {
    if (is_of_a_set(file)) {
      if (kind != EntryKind::file) {
        return make_error(ErrorCode::refused,
                          fmt::format("{} is not a regular file", (store.folder() / file).native()));
      }
      files.push_back(file);
    }
    return {};
  }));
  return files;
}

Result<void> remove_files(const Store& store, const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    QSNAP_ASSIGN(const auto folder, open_folder(store.folder(), file.parent_path()));
    const bool removed = folder && (::unlinkat(folder->get(), file.filename().c_str(), 0) == 0 || errno == ENOENT);
    if (folder && (!removed || ::fsync(folder->get()) != 0)) {
      return file_error("remove", store.folder() / file, errno);
    }
  }
  return {};
}

/// Takes away `folder` and what is below it, as far as it is empty.
Result<void> remove_empty_folders(const Store& store, const fs::path& folder, int depth) {
  QSNAP_ASSIGN(const auto opened, open_folder(store.folder(), folder));
  if (!opened) {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(*opened, store.folder() / folder));
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::folder && depth > 0) {
      QSNAP_TRY(remove_empty_folders(store, folder / entry.name, depth - 1));
    }
  }
  ::rmdir((store.folder() / folder).c_str());  // one that is not empty stays
  return {};
}

/// And "sets" itself: Git knows no empty folders, so a tree without sets has none either.
Result<void> remove_folders(const Store& store, const SetName& set) {
  for (const fs::path& folder : folders_of(set)) {
    QSNAP_TRY(remove_empty_folders(store, folder, k_most_depth));
    ::rmdir((store.folder() / folder).parent_path().c_str());
  }
  return {};
}

Result<SetFile> parse_set_file(std::string_view json) {
  QSNAP_ASSIGN(const JsonMembers members, JsonMembers::parse("set", k_schema, json));
  SetFile file;
  QSNAP_ASSIGN(file.description, members.text("description"));
  if (members.json("parent").value_or("null") != "null") {
    QSNAP_ASSIGN(const std::string parent, members.text("parent"));
    auto name = SetName::parse(parent);
    if (!name) {
      return members.bad("parent");
    }
    file.parent = *std::move(name);
  }
  return file;
}

std::string format_set_file(const SetFile& file) {
  JsonWriter json;
  json.begin_object().key("schema").bytes(k_schema).key("description").bytes(file.description).key("parent");
  file.parent ? json.bytes(file.parent->text()) : json.null();
  return json.end_object().take() + '\n';
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), to_lower);
  return text;
}

}  // namespace

fs::path removed_mark(const SnapshotName& name) {
  return name.text() + std::string{k_removed_suffix};
}

Result<std::vector<SnapshotName>> own_names(const Store& store, const SetName& set) {
  std::vector<SnapshotName> names;
  for (const fs::path& folder : folders_of(set)) {
    QSNAP_TRY(
        walk_files(store.folder(), folder, k_most_depth, [&](const fs::path& file, EntryKind kind) -> Result<void> {
          const auto name = name_of_path((fs::path{k_folder} / file).generic_string());
          if (kind == EntryKind::file && name) {
            names.push_back(name->bare());
          }
          return {};
        }));
  }
  std::sort(names.begin(), names.end(),
            [](const SnapshotName& a, const SnapshotName& b) { return a.text() < b.text(); });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::optional<SetFile>> read_set_file(const Store& store, const SetName& set) {
  if (set.is_default()) {
    return std::optional<SetFile>{};
  }
  const fs::path below = folders_of(set).front();
  const fs::path path = store.folder() / below / k_file;
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(store.folder(), below));
  QSNAP_ASSIGN(const std::optional<EntryKind> kind,
               folder ? entry_kind(*folder, path) : Result<std::optional<EntryKind>>{std::optional<EntryKind>{}});
  if (!kind) {
    return std::optional<SetFile>{};
  }
  if (*kind != EntryKind::file) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", path.native()));
  }
  QSNAP_ASSIGN(const std::string json, read_file(path, k_most_file_bytes));
  auto file = parse_set_file(json);
  if (!file) {
    return with_context(std::move(file).error(), path.native());
  }
  return std::optional{*std::move(file)};
}

Result<void> write_set_file(const Store& store, const SetName& set, const SetFile& file) {
  const fs::path below = folders_of(set).front();
  QSNAP_TRY(make_folders(store.folder(), below, k_shared_mode));
  return write_file_atomically(store.folder() / below / k_file, format_set_file(file));
}

Result<std::vector<std::string>> set_files(const Store& store, const SetName& set) {
  std::vector<std::string> texts;
  for (const fs::path& folder : folders_of(set)) {
    QSNAP_ASSIGN(const std::vector<fs::path> files, own_files(store, folder));
    std::transform(files.begin(), files.end(), std::back_inserter(texts),
                   [](const fs::path& file) { return file.generic_string(); });
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

Result<void> drop_set(const Store& store, const SetName& set) {
  for (const fs::path& folder : folders_of(set)) {
    QSNAP_ASSIGN(const std::vector<fs::path> files, own_files(store, folder));
    QSNAP_TRY(remove_files(store, files));
  }
  return remove_folders(store, set);
}

Result<void> drop_empty_set(const Store& store, const SetName& set) {
  QSNAP_ASSIGN(const std::vector<std::string> files, set_files(store, set));
  const std::string own = (folders_of(set).front() / k_file).generic_string();
  const bool empty = std::all_of(files.begin(), files.end(), [&](const std::string& file) { return file == own; });
  return empty ? drop_set(store, set) : Result<void>{};
}

Result<void> rename_set(const Store& store, const SetName& from, const SetName& to) {
  QSNAP_ASSIGN(const std::vector<std::string> taken, set_files(store, to));
  if (!taken.empty()) {
    return make_error(ErrorCode::refused, fmt::format("there is a set {} already", to.text()),
                      {fmt::format("git qsnap set show {}", shell_word(to.text()))});
  }
  const auto old_folders = folders_of(from), new_folders = folders_of(to);
  for (std::size_t i = 0; i < old_folders.size(); ++i) {
    QSNAP_ASSIGN(const auto old_folder, open_folder(store.folder(), old_folders[i]));
    if (!old_folder) {
      continue;
    }
    QSNAP_ASSIGN(const UniqueFd parent, make_folders(store.folder(), new_folders[i].parent_path(), k_shared_mode));
    const std::string new_name = new_folders[i].filename().native();
    ::unlinkat(parent.get(), new_name.c_str(), AT_REMOVEDIR);  // an empty one is nobody's
    // RENAME_NOREPLACE: whatever came there meanwhile stays
    if (::renameat2(parent.get(), old_folders[i].filename().c_str(), parent.get(), new_name.c_str(),
                    RENAME_NOREPLACE) != 0 ||
        ::fsync(parent.get()) != 0) {
      return file_error("rename", store.folder() / old_folders[i], errno);
    }
  }
  return {};
}

Result<std::optional<SetName>> case_twin(const Store& store, const SetName& set) {
  QSNAP_ASSIGN(const std::vector<SetName> sets, store.sets());
  const auto twin = std::find_if(sets.begin(), sets.end(), [&](const SetName& other) {
    return other != set && lower(other.encoded()) == lower(set.encoded());
  });
  return twin == sets.end() ? std::nullopt : std::optional{*twin};
}

}  // namespace qsnap::store
