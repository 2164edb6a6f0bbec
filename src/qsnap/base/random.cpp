// SPDX-License-Identifier: Apache-2.0
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include <qsnap/base/random.hpp>

namespace qsnap {

Result<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::getrandom(bytes.data() + done, count - done, 0);
    if (got < 0 && errno != EINTR) {
      return make_error(ErrorCode::io, fmt::format("cannot get random bytes: {}", std::strerror(errno)));
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  return bytes;
}

}  // namespace qsnap
