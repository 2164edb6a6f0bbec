// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap::store {

/// The turn of this process to change histories of a repository: <common git dir>/qsnap/history.lock. A courtesy that
/// saves others from beginning again; what makes writing right is that a ref moves from a state that was seen. So who
/// waited ten seconds goes on without it.
///
/// While somebody holds it, the file says which ref he is about to move, so a turn that ended by kill -9 is known to
/// the next one: a lock of that ref which stays is nobody's.
class HistoryLock {
 public:
  /// Makes the file. `ref` is what will be moved.
  static Result<HistoryLock> acquire(const std::filesystem::path& common_dir, std::string_view ref);
  HistoryLock(HistoryLock&&) = default;
  HistoryLock& operator=(HistoryLock&&) = delete;
  ~HistoryLock();

  /// Whether the one before was killed while he was about to move this ref, or the machine was.
  [[nodiscard]] bool follows_a_killed_one() const { return m_follows_a_killed_one; }

 private:
  explicit HistoryLock(UniqueFd file) : m_file(std::move(file)) {}

  UniqueFd m_file;  ///< none without the turn
  bool m_follows_a_killed_one = false;
};

}  // namespace qsnap::store
