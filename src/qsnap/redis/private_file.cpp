// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/private_file.hpp>

namespace qsnap::redis {

Result<std::string> read_private_file(const std::filesystem::path& file, std::string_view what,
                                      std::size_t most_bytes) {
  struct stat status {};
  const UniqueFd fd{::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return file_error("open", file, errno);
  }
  constexpr mode_t k_others = 077;
  if (!S_ISREG(status.st_mode) || (status.st_mode & k_others) != 0) {
    return make_error(ErrorCode::refused,
                      fmt::format("the {} {} is readable by others than its owner", what, file.native()),
                      {fmt::format("chmod 600 {}", file.native())});
  }
  std::string bytes(most_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno != EINTR) {
      return file_error("read", file, errno);
    }
    if (count == 0) {
      break;
    }
    size += count > 0 ? static_cast<std::size_t>(count) : 0U;
  }
  if (size > most_bytes) {
    return make_error(ErrorCode::usage, fmt::format("the {} {} is too long", what, file.native()));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace qsnap::redis
