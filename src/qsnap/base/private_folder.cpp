// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/private_folder.hpp>

namespace qsnap {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_random = "-XXXXXX";
/// Is in a folder once that is locked. One without it is being made this moment.
constexpr std::string_view k_locked_mark = "locked";

fs::path folder_for(std::string_view prefix, std::size_t longest) {
  std::error_code failure;
  fs::path folder = fs::temp_directory_path(failure);
  // Whoever is told of it may run in another folder.
  folder = failure ? folder : fs::absolute(folder, failure);
  const std::size_t needed = folder.native().size() + 1 + prefix.size() + k_random.size();
  return failure || needed > longest ? fs::path{"/tmp"} : folder;
}

/// Locked, or none: somebody has it, it is not ours, or it is no folder but a link.
UniqueFd lock_folder(const fs::path& path) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat status {};
  const bool ours = fd && ::fstat(fd.get(), &status) == 0 && status.st_uid == ::geteuid();
  return ours && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(fd) : UniqueFd{};
}

void remove_abandoned(const fs::path& parent, std::string_view prefix) {
  std::error_code failure;
  for (fs::directory_iterator entry{parent, failure}; !failure && entry != fs::directory_iterator{};
       entry.increment(failure)) {
    const std::string name = entry->path().filename().native();
    if (name.size() != prefix.size() + k_random.size() || !name.starts_with(fmt::format("{}-", prefix))) {
      continue;
    }
    std::error_code ignored;  // another process may be at it, too
    const UniqueFd lock = lock_folder(entry->path());
    if (lock && ::faccessat(lock.get(), k_locked_mark.data(), F_OK, 0) == 0) {
      fs::remove_all(entry->path(), ignored);
    }
  }
}

}  // namespace

Result<PrivateFolder> PrivateFolder::create(std::string_view prefix, std::size_t longest) {
  const fs::path parent = folder_for(prefix, longest);
  remove_abandoned(parent, prefix);
  std::string name = (parent / fmt::format("{}{}", prefix, k_random)).native();
  if (::mkdtemp(name.data()) == nullptr) {
    return file_error("make a folder in", parent, errno);
  }
  PrivateFolder folder{name, lock_folder(name)};
  if (!folder.m_lock) {
    return file_error("lock", name, errno);
  }
  constexpr mode_t k_private = 0600;
  const UniqueFd mark{
      ::openat(folder.m_lock.get(), k_locked_mark.data(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, k_private)};
  return mark ? Result<PrivateFolder>{std::move(folder)} : file_error("write into", name, errno);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : m_path(std::exchange(other.m_path, {})), m_lock(std::move(other.m_lock)) {}

PrivateFolder::~PrivateFolder() {
  if (!m_path.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
}

}  // namespace qsnap
