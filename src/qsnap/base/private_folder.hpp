// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include <climits>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

/// A folder for temporary files, of its owner alone (mode 0700), in TMPDIR: "<prefix>-XXXXXX". It goes with this
/// object. One that a killed process left behind goes when the next one of its prefix is made: its lock tells that
/// nobody has it any more.
class PrivateFolder {
 public:
  /// In /tmp where names in TMPDIR would have more than `longest` bytes (a socket's may have 107).
  static Result<PrivateFolder> create(std::string_view prefix, std::size_t longest = PATH_MAX);
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

 private:
  PrivateFolder(std::filesystem::path path, UniqueFd lock) : m_path(std::move(path)), m_lock(std::move(lock)) {}

  std::filesystem::path m_path;  ///< empty: it has moved to another object
  UniqueFd m_lock;               ///< the folder itself, locked
};

}  // namespace qsnap
