// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/rdb/rdb_input.hpp>

namespace qsnap::redis {

/// An RDB in a file, or out of a pipe, read front to back.
class RdbFile final : public RdbInput {
 public:
  /// Errors with `io` where there is no such file or it cannot be read. A pipe that nobody writes into is waited for
  /// until `progress` is cancelled, here and in next().
  static Result<RdbFile> open(const std::filesystem::path& path, const Progress& progress);
  /// Takes the descriptor over; `path` is its name in errors.
  RdbFile(UniqueFd fd, std::filesystem::path path, Progress progress);

  Result<std::string_view> next() override;
  /// When the file was last written; absent for what is no regular file.
  [[nodiscard]] std::optional<Instant> modified_at() const;

 private:
  UniqueFd m_fd;
  std::filesystem::path m_path;
  Progress m_progress;
  std::string m_buffer;
};

}  // namespace qsnap::redis
