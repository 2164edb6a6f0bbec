// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr int k_folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct CloseFolder {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

std::string lower_ascii(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// O_NOFOLLOW answers ELOOP for a link, O_DIRECTORY answers ENOTDIR for whatever else is no folder (and, by kernel
/// version, for the link).
Error folder_error(const fs::path& path, int error_number) {
  if (error_number == ELOOP || error_number == ENOTDIR) {
    return make_error(ErrorCode::refused, fmt::format("{} is a symbolic link or not a folder", path.native()),
                      {"links inside .queue-snapshots are never followed: replace it by a real folder"});
  }
  return file_error("open the folder", path, error_number);
}

Result<std::optional<UniqueFd>> open_component(int parent, const char* name, const fs::path& path) {
  UniqueFd fd{::openat(parent, name, k_folder_flags)};
  if (fd) {
    return std::optional{std::move(fd)};
  }
  if (errno == ENOENT) {
    return std::optional<UniqueFd>{};
  }
  return folder_error(path, errno);
}

Result<UniqueFd> open_root(const fs::path& root) {
  // The root itself is trusted, so a link to it is followed.
  UniqueFd fd{::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) {
    return file_error("open the folder", root, errno);
  }
  return fd;
}

Result<UniqueFd> make_component(const UniqueFd& parent, const fs::path& parent_path, const fs::path& name,
                                mode_t mode) {
  const fs::path path = parent_path / name;
  QSNAP_ASSIGN(std::optional<UniqueFd> existing, open_component(parent.get(), name.c_str(), path));
  if (existing) {
    return std::move(*existing);
  }
  QSNAP_TRY(refuse_case_twin(parent, parent_path, name.native()));
  if (::mkdirat(parent.get(), name.c_str(), mode) != 0 && errno != EEXIST) {
    return file_error("create the folder", path, errno);
  }
  if (::fsync(parent.get()) != 0) {
    return file_error("sync the folder", parent_path, errno);
  }
  UniqueFd made{::openat(parent.get(), name.c_str(), k_folder_flags)};
  if (!made) {
    return folder_error(path, errno);
  }
  return made;
}

std::optional<EntryKind> kind_at(int folder, const char* name) {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  if (S_ISREG(status.st_mode)) {
    return EntryKind::file;
  }
  return S_ISDIR(status.st_mode) ? EntryKind::folder : EntryKind::other;
}

}  // namespace

Result<std::optional<UniqueFd>> open_folder(const fs::path& root, const fs::path& below) {
  QSNAP_ASSIGN(UniqueFd folder, open_root(root));
  fs::path path = root;
  for (const fs::path& component : below) {
    path /= component;
    QSNAP_ASSIGN(std::optional<UniqueFd> next, open_component(folder.get(), component.c_str(), path));
    if (!next) {
      return std::optional<UniqueFd>{};
    }
    folder = std::move(*next);
  }
  return std::optional{std::move(folder)};
}

Result<UniqueFd> make_folders(const fs::path& root, const fs::path& below, mode_t mode) {
  QSNAP_ASSIGN(UniqueFd folder, open_root(root));
  fs::path path = root;
  for (const fs::path& component : below) {
    QSNAP_ASSIGN(UniqueFd next, make_component(folder, path, component, mode));
    folder = std::move(next);
    path /= component;
  }
  return folder;
}

Result<std::vector<Entry>> read_folder(const UniqueFd& folder, const fs::path& path) {
  // A second description of the folder: readdir would move the offset of the caller's.
  const int fd = ::openat(folder.get(), ".", k_folder_flags);
  const std::unique_ptr<DIR, CloseFolder> stream{fd < 0 ? nullptr : ::fdopendir(fd)};  // closes fd with itself
  if (stream == nullptr) {
    const int error_number = errno;
    UniqueFd{fd}.reset();
    return file_error("read the folder", path, error_number);
  }
  std::vector<Entry> out;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    // An entry that is gone again between the two calls never was.
    const auto kind = name == "." || name == ".." ? std::nullopt : kind_at(fd, entry->d_name);
    if (kind) {
      out.push_back({std::string{name}, *kind});
    }
    errno = 0;
  }
  if (errno != 0) {
    return file_error("read the folder", path, errno);
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return out;
}

Result<void> walk_files(const fs::path& root, const fs::path& below, int most_depth, const FileVisitor& visit) {
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(root, below));
  if (!folder) {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(*folder, root / below));
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::folder) {
      QSNAP_TRY(visit(below / entry.name, entry.kind));
    } else if (most_depth > 0) {
      QSNAP_TRY(walk_files(root, below / entry.name, most_depth - 1, visit));
    }
  }
  return {};
}

Result<std::optional<EntryKind>> entry_kind(const UniqueFd& folder, const fs::path& path) {
  const auto kind = kind_at(folder.get(), path.filename().c_str());
  if (!kind && errno != ENOENT) {
    return file_error("look at", path, errno);
  }
  return kind;
}

Result<void> refuse_case_twin(const UniqueFd& folder, const fs::path& path, std::string_view name) {
  QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(folder, path));
  const std::string folded = lower_ascii(name);
  for (const Entry& entry : entries) {
    if (entry.name != name && lower_ascii(entry.name) == folded) {
      return make_error(ErrorCode::refused,
                        fmt::format("{} and {} differ in case alone, and would be one file on macOS and Windows",
                                    (path / name).native(), entry.name),
                        {"choose another name, or remove the old snapshot first"});
    }
  }
  return {};
}

}  // namespace qsnap::store
