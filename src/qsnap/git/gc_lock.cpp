// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/git/gc_lock.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Absent for no such file.
std::optional<std::string> read_words(const fs::path& file) {
  const Result<std::string> words = read_file(file, limits::k_kib);
  return words ? std::optional{*words} : std::nullopt;
}

/// Whether who wrote the file may still be at work: git's own rule (builtin/gc.c, lock_repo_for_gc).
bool is_held(const fs::path& file, std::string_view words) {
  constexpr std::time_t k_most_age_s = 12 * 60 * 60;
  struct stat status {};
  const std::size_t space = words.find(' ');
  if (::lstat(file.c_str(), &status) != 0 || std::time(nullptr) - status.st_mtime > k_most_age_s ||
      space == std::string_view::npos) {
    return false;
  }
  const auto process = parse_integer(words.substr(0, space));
  if (!process || *process <= 0 || *process > std::numeric_limits<pid_t>::max()) {
    return false;
  }
  const std::string_view host = words.substr(space + 1, words.find_first_of(" \n", space + 1) - space - 1);
  return host != host_name() || ::kill(static_cast<pid_t>(*process), 0) == 0 || errno == EPERM;
}

Error is_busy(const fs::path& file) {
  return make_error(ErrorCode::refused, fmt::format("another gc is at work in this repository: {}", file.native()),
                    {"try again when it is done", fmt::format("if none is: rm {}", file.native())});
}

/// Held while gc.pid is looked at and taken: those of git-qsnap take turns at that.
Result<UniqueFd> lock_folder(const fs::path& folder) {
  UniqueFd opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  while (opened && ::flock(opened.get(), LOCK_EX) != 0) {
    if (errno != EINTR) {
      return file_error("lock the folder", folder, errno);
    }
  }
  return opened ? Result<UniqueFd>{std::move(opened)} : file_error("open the folder", folder, errno);
}

}  // namespace

/// git makes gc.pid.lock, looks at gc.pid, and renames the one to the other. A lock of that kind would stay, and be in
/// everybody's way, if this process were killed. So gc.pid is made in one step, and whoever of the two comes second
/// sees the other: git finds gc.pid, or its own rename puts another text there, or its lock is there.
Result<GcLock> GcLock::take(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string path,
               git_line({folder, {"rev-parse", "--path-format=absolute", "--git-path", "gc.pid"}, {}}));
  const fs::path file = path, lock_of_git = path + ".lock";
  QSNAP_ASSIGN(const UniqueFd turn, lock_folder(file.parent_path()));
  const std::optional<std::string> held = read_words(file);
  if (held && is_held(file, *held)) {
    return is_busy(file);
  }
  if (held && ::unlink(file.c_str()) != 0 && errno != ENOENT) {
    return file_error("remove", file, errno);
  }
  GcLock lock{file, fmt::format("{} {}", ::getpid(), host_name())};
  QSNAP_ASSIGN(AtomicFile written, AtomicFile::open(file));
  QSNAP_TRY(written.write(lock.m_words));
  QSNAP_ASSIGN(const AtomicFile::NewFile made, written.commit_new());
  std::error_code failure;
  const bool git_began = fs::exists(fs::symlink_status(lock_of_git, failure));
  const bool is_ours = made == AtomicFile::NewFile::written && read_words(file) == lock.m_words;
  return git_began || !is_ours ? Result<GcLock>{is_busy(git_began ? lock_of_git : file)}
                               : Result<GcLock>{std::move(lock)};
}

GcLock::~GcLock() {
  if (!m_file.empty() && read_words(m_file) == m_words) {
    ::unlink(m_file.c_str());
  }
}

}  // namespace qsnap::git
