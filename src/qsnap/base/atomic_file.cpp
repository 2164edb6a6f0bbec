// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is not in <csignal>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/text.hpp>

namespace qsnap {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_temporary_prefix = ".qsnap-tmp-";

/// The process that made a temporary file, if the name is one of ours.
std::optional<pid_t> owner_of(std::string_view name) {
  if (!name.starts_with(k_temporary_prefix)) {
    return std::nullopt;
  }
  name.remove_prefix(k_temporary_prefix.size());
  const auto pid = parse_integer(name.substr(0, name.find('-')));
  return pid && *pid > 0 ? std::optional{static_cast<pid_t>(*pid)} : std::nullopt;
}

/// Removes what killed processes left. Best effort: a leftover never stands in the way of a write.
void sweep_leftovers(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const auto owner = owner_of(entry.path().filename().native());
    if (owner && ::kill(*owner, 0) != 0 && errno == ESRCH) {
      fs::remove(entry.path(), ignored);
    }
  }
}

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path{"."};
}

}  // namespace

Result<void> sync_folder(const fs::path& folder) {
  const UniqueFd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return fd && ::fsync(fd.get()) == 0 ? Result<void>{} : file_error("sync the folder", folder, errno);
}

Error file_error(std::string_view doing, const fs::path& path, int error_number) {
  return make_error(ErrorCode::io, fmt::format("cannot {} {}: {}", doing, path.native(), std::strerror(error_number)));
}

AtomicFile::AtomicFile(fs::path target, fs::path temporary, UniqueFd fd)
    : m_target(std::move(target)), m_temporary(std::move(temporary)), m_fd(std::move(fd)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_target(std::move(other.m_target)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_fd(std::move(other.m_fd)) {}

AtomicFile::~AtomicFile() {
  if (!m_temporary.empty()) {
    ::unlink(m_temporary.c_str());
  }
}

Result<AtomicFile> AtomicFile::open(const fs::path& target) {
  struct stat status {};
  if (::lstat(target.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", target.native()));
  }
  const fs::path folder = folder_of(target);
  sweep_leftovers(folder);
  std::string temporary = (folder / fmt::format("{}{}-XXXXXX", k_temporary_prefix, ::getpid())).native();
  UniqueFd fd{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (!fd) {
    return file_error("create a file in", folder, errno);
  }
  return AtomicFile{target, temporary, std::move(fd)};
}

Result<void> AtomicFile::write(std::string_view bytes) {
  return write_all(m_fd, bytes, m_target);
}

Result<void> AtomicFile::sync(mode_t mode) {
  const bool is_synced = ::fchmod(m_fd.get(), mode) == 0 && ::fsync(m_fd.get()) == 0;
  return is_synced ? Result<void>{} : file_error("sync", m_target, errno);
}

Result<void> AtomicFile::commit(mode_t mode) {
  QSNAP_TRY(sync(mode));
  if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
    return file_error("rename to", m_target, errno);
  }
  m_temporary.clear();
  return sync_folder(folder_of(m_target));
}

Result<AtomicFile::NewFile> AtomicFile::commit_new(mode_t mode) {
  QSNAP_TRY(sync(mode));
  if (::renameat2(AT_FDCWD, m_temporary.c_str(), AT_FDCWD, m_target.c_str(), RENAME_NOREPLACE) != 0) {
    return errno == EEXIST ? Result<NewFile>{NewFile::name_is_taken} : file_error("rename to", m_target, errno);
  }
  m_temporary.clear();
  QSNAP_TRY(sync_folder(folder_of(m_target)));
  return NewFile::written;
}

Result<void> write_file_atomically(const fs::path& target, std::string_view bytes) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(target));
  QSNAP_TRY(file.write(bytes));
  return file.commit();
}

Result<void> write_all(const UniqueFd& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return file_error("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd) {
    return file_error("open", path, errno);
  }
  std::string bytes;
  constexpr std::size_t k_step = std::size_t{64} * 1024;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + k_step);
    const ssize_t count = ::read(fd.get(), bytes.data() + before, k_step);
    if (count < 0 && errno != EINTR) {
      return file_error("read", path, errno);
    }
    bytes.resize(before + static_cast<std::size_t>(count < 0 ? 0 : count));
    if (count == 0) {
      return bytes;
    }
    if (bytes.size() > limit) {
      return make_error(ErrorCode::limit_exceeded, fmt::format("{} is larger than {} bytes", path.native(), limit));
    }
  }
}

}  // namespace qsnap
