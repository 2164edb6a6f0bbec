// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

/// Replaces a file so that a reader sees the old bytes or the new ones, also after kill -9 or a power cut:
/// temporary file beside the target (mode 0600), fsync, rename, fsync of the folder.
/// The destructor does not commit; it removes the temporary file. A killed process leaves one
/// ".qsnap-tmp-<pid>-…" file behind, which the next open() in that folder removes.
class AtomicFile {
 public:
  /// The folder of `target` must exist. A target that is a symbolic link is refused.
  static Result<AtomicFile> open(const std::filesystem::path& target);

  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Result<void> write(std::string_view bytes);
  /// Nothing is durable or visible before this returns without an error. 0644 is what Git keeps anyway; what must stay
  /// private is redacted before it comes here.
  Result<void> commit(mode_t mode = 0644);
  enum class NewFile { written, name_is_taken };
  /// The same, but never over a file: of several that do this at once, one writes.
  Result<NewFile> commit_new(mode_t mode = 0644);

 private:
  Result<void> sync(mode_t mode);

  AtomicFile(std::filesystem::path target, std::filesystem::path temporary, UniqueFd fd);

  std::filesystem::path m_target;
  std::filesystem::path m_temporary;  ///< empty once committed
  UniqueFd m_fd;
};

/// AtomicFile in one call, for small contents.
Result<void> write_file_atomically(const std::filesystem::path& target, std::string_view bytes);

/// All of the bytes, to a file that is open; `path` is for the error.
Result<void> write_all(const UniqueFd& file, std::string_view bytes, const std::filesystem::path& path);

/// The whole file, if it has at most `limit` bytes. Symbolic links are not followed at the last component.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// The error for a failed system call on a file: "cannot open x: Permission denied".
[[nodiscard]] Error file_error(std::string_view doing, const std::filesystem::path& path, int error_number);

/// What has been made, renamed or removed in a folder is on the disk when this returns.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace qsnap
