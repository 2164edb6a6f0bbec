// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

/// The files of what CI handed over: a folder, or a zip as GitHub and GitLab make them. All of it is hostile.
namespace qsnap::store {

struct ArchivedFile {
  std::string path;  ///< inside of the artifact, with '/'; to find files that lie beside each other, and to tell people
  std::uint64_t bytes = 0;  ///< as it says itself
};

/// Read-only. One thread. No path of the artifact is ever used as a path: of a zip nothing is unpacked, and of a folder
/// links are not followed.
class PendingArchive {
 public:
  /// Takes a file piece by piece.
  using Reader = std::function<Result<void>(std::string_view)>;

  virtual ~PendingArchive() = default;
  /// Regular files alone; at most 100,000 (limit_exceeded).
  [[nodiscard]] virtual const std::vector<ArchivedFile>& files() const = 0;
  /// All of files()[index], if it has at most `most_bytes` (limit_exceeded). What is damaged is `corrupt`, after pieces
  /// of it may have been handed out.
  virtual Result<void> read(std::size_t index, std::uint64_t most_bytes, const Reader& reader) const = 0;
};

/// A folder, or else a file that is a zip.
Result<std::unique_ptr<PendingArchive>> open_pending_archive(const std::filesystem::path& path);

}  // namespace qsnap::store
