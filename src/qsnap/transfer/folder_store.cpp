// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/transfer/folder_store.hpp>
#include <qsnap/transfer/manifest.hpp>
#include <qsnap/transfer/scratch_folder.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

/// What is being written lies in a folder of its own in there, so that no machine takes away what is another one's.
constexpr const char* k_unfinished = "tmp";

/// Others of the group or of the machine read and write the store as the folder's own modes and the umask say.
constexpr mode_t k_folder_mode = 0777, k_file_mode = 0666;

/// The folder and what is missing above it, each synced into its parent. `top` is there.
Result<void> make_folder(const fs::path& top, const fs::path& folder) {
  if (folder == top || ::access(folder.c_str(), F_OK) == 0) {
    return {};
  }
  QSNAP_TRY(make_folder(top, folder.parent_path()));
  if (::mkdir(folder.c_str(), k_folder_mode) != 0 && errno != EEXIST) {
    return file_error("make the folder", folder, errno);
  }
  return sync_folder(folder.parent_path());
}

Result<UniqueFd> write_new(const fs::path& path, std::string_view bytes) {
  UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, k_file_mode)};
  if (!fd) {
    return file_error("create", path, errno);
  }
  QSNAP_TRY(write_all(fd, bytes, path));
  return fd;
}

}  // namespace

FolderStore::FolderStore(fs::path folder) : m_folder(std::move(folder)), m_root(m_folder / k_store_folder) {}

Result<FolderStore> FolderStore::open(const fs::path& folder) {
  FolderStore store{folder};
  std::error_code ignored;
  if (!fs::is_directory(store.m_root, ignored)) {
    return make_error(ErrorCode::not_found, fmt::format("{} holds no {}", folder.native(), k_store_folder),
                      {"is it mounted?", fmt::format("git qsnap lfs agent {} makes one", folder.native())});
  }
  return store;
}

Result<FolderStore> FolderStore::create(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no folder {}", folder.native()),
                      {"is it mounted?", "make it first, so that a share that is not mounted is noticed"});
  }
  FolderStore store{folder};
  for (const char* part : {"chunks", "manifests", k_unfinished}) {
    QSNAP_TRY(make_folder(folder, store.m_root / part));
  }
  return store;
}

Result<std::vector<std::optional<std::uint64_t>>> FolderStore::lengths(Names names) {
  std::vector<std::optional<std::uint64_t>> found;
  for (const std::string& name : names) {
    const fs::path path = m_root / name;
    struct stat status {};
    const bool is_there = ::lstat(path.c_str(), &status) == 0;
    if (!is_there && errno != ENOENT) {
      return file_error("look at", path, errno);
    }
    found.push_back(is_there && S_ISREG(status.st_mode) ? std::optional{static_cast<std::uint64_t>(status.st_size)}
                                                        : std::nullopt);
  }
  return found;
}

/// All are written before the first is synced: a thousand files then take a twentieth of the time.
Result<void> FolderStore::put(Names names, const Give& give) {
  QSNAP_TRY(make_folder(m_root, m_root / k_unfinished));
  QSNAP_ASSIGN(const ScratchFolder unfinished, ScratchFolder::create(m_root / k_unfinished, "upload"));
  constexpr std::size_t k_open_at_once = 256;
  std::set<fs::path> folders;
  for (std::size_t begin = 0; begin < names.size(); begin += k_open_at_once) {
    const std::size_t end = std::min(names.size(), begin + k_open_at_once);
    std::vector<UniqueFd> written;
    for (std::size_t i = begin; i < end; ++i) {
      QSNAP_ASSIGN(const std::string bytes, give(i));
      QSNAP_ASSIGN(UniqueFd fd, write_new(unfinished.path() / std::to_string(i), bytes));
      written.push_back(std::move(fd));
    }
    for (std::size_t i = begin; i < end; ++i) {
      const fs::path target = m_root / names[i];
      if (::fsync(written[i - begin].get()) != 0) {
        return file_error("sync", target, errno);
      }
      QSNAP_TRY(make_folder(m_root, target.parent_path()));
      if (::rename((unfinished.path() / std::to_string(i)).c_str(), target.c_str()) != 0) {
        return file_error("rename to", target, errno);
      }
      folders.insert(target.parent_path());
    }
  }
  for (const fs::path& folder : folders) {
    QSNAP_TRY(sync_folder(folder));
  }
  return {};
}

Result<void> FolderStore::get(Names names, std::size_t most_bytes, const Take& take) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const fs::path path = m_root / names[i];
    std::error_code ignored;
    if (fs::is_regular_file(fs::symlink_status(path, ignored))) {
      QSNAP_ASSIGN(std::string bytes, read_file(path, most_bytes));
      QSNAP_TRY(take(i, std::move(bytes)));
    }
  }
  return {};
}

}  // namespace qsnap::transfer
