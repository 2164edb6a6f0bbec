// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/spool.hpp>

namespace qsnap {

namespace {

constexpr std::size_t k_buffer_bytes = 1U << 20U;

std::filesystem::path temporary_folder() {
  std::error_code failure;
  std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  return failure ? std::filesystem::path{"/tmp"} : folder;
}

}  // namespace

Result<Spool> Spool::create() {
  const std::filesystem::path folder = temporary_folder();
  constexpr mode_t k_private = 0600;
  UniqueFd fd{::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, k_private)};
  if (!fd) {  // not every file system has nameless files
    std::string name = (folder / ".qsnap-spool-XXXXXX").native();
    fd.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd) {
      return file_error("create a temporary file in", folder, errno);
    }
    ::unlink(name.c_str());
  }
  return Spool{std::move(fd)};
}

Result<SpoolRef> Spool::append(std::string_view bytes) {
  const SpoolRef ref{size(), bytes.size()};
  m_buffer += bytes;
  if (m_buffer.size() >= k_buffer_bytes) {
    QSNAP_TRY(flush());
  }
  return ref;
}

Result<void> Spool::flush() {
  std::string_view rest = m_buffer;
  while (!rest.empty()) {
    const ssize_t count = ::pwrite(m_fd.get(), rest.data(), rest.size(), static_cast<off_t>(m_written));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return file_error("write a temporary file in", temporary_folder(), errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
    m_written += static_cast<std::uint64_t>(count);
  }
  m_buffer.clear();
  return {};
}

Result<std::string> Spool::read(SpoolRef ref) {
  if (ref.offset + ref.bytes > m_written && ref.bytes > 0) {
    QSNAP_TRY(flush());
  }
  std::string bytes(ref.bytes, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(m_fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(ref.offset + done));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return file_error("read a temporary file in", temporary_folder(), count < 0 ? errno : EIO);
    }
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace qsnap
