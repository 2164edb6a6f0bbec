// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace qsnap::test {

/// A private folder (mode 0700) that is gone, with all that is in it, at the end of its scope.
class TempDir {
 public:
  TempDir();
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&&) = delete;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace qsnap::test
