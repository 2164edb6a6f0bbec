// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/store/history_lock.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Whether it is this process's turn; not after ten seconds.
Result<bool> wait_for_turn(const UniqueFd& file, const fs::path& path) {
  constexpr auto k_patience = 10s;
  constexpr auto k_pause = 1ms;
  const auto end = std::chrono::steady_clock::now() + k_patience;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return file_error("lock", path, errno);
    }
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(k_pause);
  }
  return true;
}

}  // namespace

Result<HistoryLock> HistoryLock::acquire(const fs::path& common_dir, std::string_view ref) {
  constexpr mode_t k_folder_mode = 0755, k_file_mode = 0644;
  constexpr std::string_view k_name = "history.lock";
  const fs::path path = common_dir / "qsnap" / k_name;
  QSNAP_ASSIGN(const UniqueFd folder, make_folders(common_dir, "qsnap", k_folder_mode));
  UniqueFd file{
      ::openat(folder.get(), k_name.data(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, k_file_mode)};
  if (!file) {
    return file_error("open", path, errno);
  }
  QSNAP_ASSIGN(const bool my_turn, wait_for_turn(file, path));
  if (!my_turn) {
    return HistoryLock{UniqueFd{}};
  }
  QSNAP_ASSIGN(const std::string left, read_file(path, limits::k_kib));
  HistoryLock lock{std::move(file)};
  lock.m_follows_a_killed_one = left == ref;
  if (left != ref) {
    // On the disk before there is a lock of the ref, so that this holds after a power cut, too.
    const bool written = ::ftruncate(lock.m_file.get(), 0) == 0 &&
                         ::pwrite(lock.m_file.get(), ref.data(), ref.size(), 0) == static_cast<ssize_t>(ref.size()) &&
                         ::fdatasync(lock.m_file.get()) == 0;
    if (!written) {
      return file_error("write", path, errno);
    }
  }
  return lock;
}

HistoryLock::~HistoryLock() {
  if (m_file && ::ftruncate(m_file.get(), 0) != 0) {
    return;  // the next one thinks that this one was killed, and finds no lock of the ref
  }
}

}  // namespace qsnap::store
