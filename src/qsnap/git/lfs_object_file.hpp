// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap::git {

/// An object of Git LFS while it is being written. Its name is the SHA-256 of all of its bytes, so until then it lies
/// where git-lfs has what is not finished (lfs/tmp), and takes away what nobody finished within an hour. The destructor
/// removes what was not kept.
class LfsObjectFile {
 public:
  /// `objects` is what lfs_objects_folder() says; folders are made where they are missing.
  static Result<LfsObjectFile> create(const std::filesystem::path& objects);

  LfsObjectFile(LfsObjectFile&&) noexcept;
  LfsObjectFile& operator=(LfsObjectFile&&) = delete;
  ~LfsObjectFile();

  Result<void> write(std::string_view bytes);
  /// Synced, then renamed: whole, or not there. What stood under that name (the same bytes, or a damaged object) is
  /// replaced. REQUIRES: 64 hexadecimal digits; nothing is written afterwards
  Result<void> keep_as(std::string_view object_id);

 private:
  LfsObjectFile(std::filesystem::path objects, std::filesystem::path temporary, UniqueFd fd);

  std::filesystem::path m_objects;
  std::filesystem::path m_temporary;  ///< empty once kept
  UniqueFd m_fd;
};

}  // namespace qsnap::git
