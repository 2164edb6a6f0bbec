// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/git/lfs_object_file.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_name_digits = 64;

/// Each folder that is made is synced into the one above, so that it survives a power cut like the object in it.
Result<void> make_folder(const fs::path& folder) {
  constexpr mode_t k_mode = 0777;  // less the user's umask, as git-lfs makes its own
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) {
    return {};
  }
  QSNAP_TRY(make_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), k_mode) != 0 && errno != EEXIST) {
    return file_error("create the folder", folder, errno);
  }
  return sync_folder(folder.parent_path());
}

}  // namespace

LfsObjectFile::LfsObjectFile(fs::path objects, fs::path temporary, UniqueFd fd)
    : m_objects(std::move(objects)), m_temporary(std::move(temporary)), m_fd(std::move(fd)) {}

LfsObjectFile::LfsObjectFile(LfsObjectFile&& other) noexcept
    : m_objects(std::move(other.m_objects)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_fd(std::move(other.m_fd)) {}

LfsObjectFile::~LfsObjectFile() {
  if (!m_temporary.empty()) {
    ::unlink(m_temporary.c_str());
  }
}

Result<LfsObjectFile> LfsObjectFile::create(const fs::path& objects) {
  const fs::path folder = objects.parent_path() / "tmp";
  QSNAP_TRY(make_folder(folder));
  // "<name of an object>-…", which it has not yet: git-lfs before 3.0 removes at once what is called otherwise.
  std::string temporary = (folder / (std::string(k_name_digits, '0') + "-qsnap-XXXXXX")).native();
  UniqueFd fd{::mkostemp(temporary.data(), O_CLOEXEC)};
  return fd ? Result<LfsObjectFile>{LfsObjectFile{objects, temporary, std::move(fd)}}
            : file_error("create a file in", folder, errno);
}

Result<void> LfsObjectFile::write(std::string_view bytes) {
  return write_all(m_fd, bytes, m_temporary);
}

Result<void> LfsObjectFile::keep_as(std::string_view object_id) {
  constexpr mode_t k_mode = 0644;
  const fs::path target = lfs_object_path(m_objects, object_id);
  if (::fchmod(m_fd.get(), k_mode) != 0 || ::fsync(m_fd.get()) != 0) {
    return file_error("sync", m_temporary, errno);
  }
  QSNAP_TRY(make_folder(target.parent_path()));
  if (::rename(m_temporary.c_str(), target.c_str()) != 0) {
    return file_error("rename to", target, errno);
  }
  m_temporary.clear();
  return sync_folder(target.parent_path());
}

}  // namespace qsnap::git
