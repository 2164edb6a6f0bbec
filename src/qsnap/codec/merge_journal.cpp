// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/codec/merge_journal_json.hpp>

namespace qsnap::codec {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_journal_bytes = 1 * limits::k_mib;

struct Journal {
  UniqueFd fd;
  struct stat status {};
};

Result<Journal> open_locked(const fs::path& path) {
  constexpr mode_t k_private = 0600;
  Journal journal{UniqueFd{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, k_private)}};
  if (!journal.fd || ::flock(journal.fd.get(), LOCK_EX) != 0 || ::fstat(journal.fd.get(), &journal.status) != 0) {
    return file_error("open", path, errno);
  }
  return journal;
}

/// Whether the name still is that of the file: another driver may have put it away while we waited for the lock.
bool is_current(const Journal& journal, const fs::path& path) {
  struct stat named {};
  return ::lstat(path.c_str(), &named) == 0 && named.st_ino == journal.status.st_ino &&
         named.st_dev == journal.status.st_dev;
}

}  // namespace

Result<void> append_to_journal(const fs::path& common_dir, const model::MergeJournalEntry& entry) {
  const fs::path folder = common_dir / "qsnap", path = folder / "merge-log.jsonl";
  std::error_code failed;
  fs::create_directory(folder, failed);
  QSNAP_ASSIGN(Journal journal, open_locked(path));
  const bool is_full = static_cast<std::uint64_t>(journal.status.st_size) >= k_most_journal_bytes;
  if (is_full && is_current(journal, path)) {
    fs::rename(path, folder / "merge-log.1.jsonl", failed);
  }
  if (!is_current(journal, path)) {
    QSNAP_ASSIGN(journal, open_locked(path));
  }
  const std::string line = format_merge_entry(entry) + '\n';
  return ::write(journal.fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())
             ? Result<void>{}
             : file_error("write", path, errno);
}

}  // namespace qsnap::codec
