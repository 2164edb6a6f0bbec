// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/spool.hpp>

namespace qsnap {

namespace {

std::filesystem::path temporary_folder() {
  std::error_code failure;
  std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  return failure ? std::filesystem::path{"/tmp"} : folder;
}

Result<UniqueFd> open_nameless_file() {
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
  return fd;
}

}  // namespace

Result<Spool> Spool::create(std::size_t memory_bytes) {
  QSNAP_ASSIGN(StreamCipher cipher, StreamCipher::create());
  return Spool{std::move(cipher), memory_bytes};
}

Result<SpoolRef> Spool::append(std::string_view bytes) {
  return append({bytes});
}

Result<SpoolRef> Spool::append(std::initializer_list<std::string_view> pieces) {
  SpoolRef ref{size(), 0};
  for (const std::string_view piece : pieces) {
    QSNAP_TRY(add(piece));
    ref.bytes += piece.size();
  }
  return ref;
}

/// What is long goes through the buffer in steps, so that the buffer stays small.
Result<void> Spool::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view step = bytes.substr(0, k_tail_bytes);
    m_buffer += step;
    bytes.remove_prefix(step.size());
    if (m_buffer.size() >= m_memory_bytes) {
      QSNAP_TRY(flush());
    }
  }
  return {};
}

Result<void> Spool::flush() {
  if (!m_fd) {
    QSNAP_ASSIGN(m_fd, open_nameless_file());
  }
  m_cipher.apply(m_written, m_buffer);
  if (Result<void> written = write_buffer(); !written) {
    m_cipher.apply(m_written, m_buffer);  // in the clear again: nothing has happened
    return written;
  }
  m_written += m_buffer.size();
  m_buffer.clear();
  if (m_memory_bytes > k_tail_bytes) {  // it did not all fit: now the memory is for others
    m_memory_bytes = k_tail_bytes;
    m_buffer.shrink_to_fit();
  }
  return {};
}

Result<void> Spool::write_buffer() {
  std::size_t done = 0;
  while (done < m_buffer.size()) {
    const ssize_t count =
        ::pwrite(m_fd.get(), m_buffer.data() + done, m_buffer.size() - done, static_cast<off_t>(m_written + done));
    if (count < 0 && errno != EINTR) {
      return file_error("write a temporary file in", temporary_folder(), errno);
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  return {};
}

Result<std::string> Spool::read(SpoolRef ref) const {
  std::string bytes(ref.bytes, '\0');
  const std::uint64_t in_file = ref.offset < m_written ? std::min(ref.bytes, m_written - ref.offset) : 0;
  if (in_file > 0) {
    QSNAP_TRY(read_file(ref.offset, std::span{bytes}.first(in_file)));
  }
  if (in_file < ref.bytes) {
    const std::uint64_t at = ref.offset + in_file - m_written;
    if (at > m_buffer.size() || m_buffer.size() - at < ref.bytes - in_file) {
      return make_error(ErrorCode::internal, "read behind the end of a temporary file");
    }
    m_buffer.copy(bytes.data() + in_file, ref.bytes - in_file, at);
  }
  return bytes;
}

Result<void> Spool::read_file(std::uint64_t offset, std::span<char> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(m_fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count == 0 || (count < 0 && errno != EINTR)) {
      return file_error("read a temporary file in", temporary_folder(), count < 0 ? errno : EIO);
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  m_cipher.apply(offset, bytes);
  return {};
}

}  // namespace qsnap
