// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// The turn to repack a repository: gc.pid in its common git dir, "PID HOST", which `git gc` takes and respects, too.
/// Two repacks at once lose objects: each deletes the packs that it saw when it began, and one of those may be what the
/// other had just begun to write, and has put things into that nobody referred to yet.
///
/// One that was killed leaves its file, which is nobody's once the process is gone (on this machine), and after twelve
/// hours whoever wrote it: as git has it.
class GcLock {
 public:
  /// Errors with `refused` while somebody else has it, and says who.
  static Result<GcLock> take(const std::filesystem::path& folder);
  GcLock(GcLock&& other) noexcept
      : m_file(std::exchange(other.m_file, {})), m_words(std::exchange(other.m_words, {})) {}
  GcLock& operator=(GcLock&&) = delete;
  ~GcLock();

 private:
  GcLock(std::filesystem::path file, std::string words) : m_file(std::move(file)), m_words(std::move(words)) {}

  std::filesystem::path m_file;
  std::string m_words;  ///< what is in it
};

}  // namespace qsnap::git
