// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include <qsnap/app/metrics_file.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap::app {

namespace {

/// The folder and not the file: that is replaced, and a file beside it would stay for ever.
Result<UniqueFd> locked_folder(const std::filesystem::path& folder) {
  constexpr auto k_longest = std::chrono::seconds{10};
  constexpr auto k_pause = std::chrono::milliseconds{2};
  UniqueFd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) {
    return file_error("open", folder, errno);
  }
  const auto end = std::chrono::steady_clock::now() + k_longest;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return file_error("lock", folder, errno);
    }
    if (std::chrono::steady_clock::now() > end) {
      return make_error(ErrorCode::io, fmt::format("{} is locked by somebody else", folder.native()));
    }
    std::this_thread::sleep_for(k_pause);
  }
  return fd;
}

Result<report::MetricsPage> read_page(const std::filesystem::path& file) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::symlink_status(file, failure);
  if (!std::filesystem::exists(status)) {
    return report::MetricsPage{};
  }
  if (!std::filesystem::is_regular_file(status)) {
    return make_error(ErrorCode::refused, "it is no file");  // to replace /dev/null would be a surprise
  }
  QSNAP_ASSIGN(const std::string text, read_file(file, report::k_metrics_bytes));
  return report::MetricsPage::parse(text);
}

}  // namespace

Result<void> add_to_metrics_file(const std::filesystem::path& file, const report::MetricsPage& page) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  QSNAP_ASSIGN(const UniqueFd lock, locked_folder(folder));
  QSNAP_ASSIGN(report::MetricsPage sum, read_page(file));
  sum.add(page);
  return write_file_atomically(file, sum.text());
}

}  // namespace qsnap::app
