// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/redis/rdb/rdb_file.hpp>

namespace qsnap::redis {

namespace {

/// Large enough that few strings lie in two pieces, small enough to be in a processor's cache still when its checksum
/// is computed.
constexpr std::size_t k_piece_bytes = 256 * limits::k_kib;

}  // namespace

Result<RdbFile> RdbFile::open(const std::filesystem::path& path, const Progress& progress) {
  while (true) {
    UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (fd) {
      return RdbFile{std::move(fd), path, progress};
    }
    if (errno != EINTR) {
      return file_error("open", path, errno);
    }
    QSNAP_TRY(progress.check());
  }
}

RdbFile::RdbFile(UniqueFd fd, std::filesystem::path path, Progress progress)
    : m_fd(std::move(fd)), m_path(std::move(path)), m_progress(std::move(progress)), m_buffer(k_piece_bytes, '\0') {}

Result<std::string_view> RdbFile::next() {
  while (true) {
    const ssize_t count = ::read(m_fd.get(), m_buffer.data(), m_buffer.size());
    if (count >= 0) {
      return std::string_view{m_buffer}.substr(0, static_cast<std::size_t>(count));
    }
    if (errno != EINTR) {
      return file_error("read", m_path, errno);
    }
    QSNAP_TRY(m_progress.check());
  }
}

std::optional<Instant> RdbFile::modified_at() const {
  struct stat status {};
  if (::fstat(m_fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  return Instant{std::chrono::seconds{status.st_mtim.tv_sec}};
}

}  // namespace qsnap::redis
