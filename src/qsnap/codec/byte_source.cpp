// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/byte_source.hpp>

namespace qsnap::codec {

namespace {

Error too_short() {
  return make_error(ErrorCode::corrupt, "is truncated or damaged");
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::filesystem::path path, UniqueFd fd, std::uint64_t size)
      : m_path(std::move(path)), m_fd(std::move(fd)), m_size(size) {}

  [[nodiscard]] std::uint64_t size() const override { return m_size; }

  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override {
    if (offset > m_size || count > m_size - offset) {
      return too_short();
    }
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      const auto at = static_cast<off_t>(offset + done);
      const ssize_t got = ::pread(m_fd.get(), bytes.data() + done, count - done, at);
      if (got < 0 && errno != EINTR) {
        return file_error("read", m_path, errno);
      }
      if (got == 0) {
        return too_short();  // somebody cut the file while it was read
      }
      done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return bytes;
  }

 private:
  std::filesystem::path m_path;
  UniqueFd m_fd;
  std::uint64_t m_size;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : m_bytes(std::move(bytes)) {}

  [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }

  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override {
    if (offset > m_bytes.size() || count > m_bytes.size() - offset) {
      return too_short();
    }
    return m_bytes.substr(offset, count);
  }

 private:
  std::string m_bytes;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  // Not blocking, so that a named pipe in a snapshot's place is refused instead of waited for.
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!fd) {
    return file_error("open", path, errno);
  }
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) {
    return file_error("look at", path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return make_error(ErrorCode::io, fmt::format("cannot read {}: not a regular file", path.native()));
  }
  return std::unique_ptr<ByteSource>{
      std::make_unique<FileSource>(path, std::move(fd), static_cast<std::uint64_t>(status.st_size))};
}

std::unique_ptr<ByteSource> memory_source(std::string bytes) {
  return std::make_unique<MemorySource>(std::move(bytes));
}

}  // namespace qsnap::codec
