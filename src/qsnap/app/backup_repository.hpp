// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/base/private_folder.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/repository.hpp>

/// A bare repository that is thrown away: where a backup is put together, and where one is looked at, so that nothing
/// of it is in a user's repository before all of it is known to be sound.
namespace qsnap::app {

class BackupRepository {
 public:
  /// In a private folder in TMPDIR, without anybody's configuration or template.
  static Result<BackupRepository> make();

  /// Sees the objects of another repository from here on.
  Result<void> borrow_objects(const std::filesystem::path& common_dir) const;
  /// Runs git here. Errors with `git` where it fails.
  Result<std::string> git(std::vector<std::string> arguments, std::string input = {}) const;

  /// Where further files can be put.
  [[nodiscard]] const std::filesystem::path& scratch() const { return m_scratch.path(); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_in(scratch()); }
  [[nodiscard]] const git::Repository& repository() const { return m_repository; }

 private:
  static std::filesystem::path folder_in(const std::filesystem::path& scratch) { return scratch / "backup.git"; }
  BackupRepository(PrivateFolder scratch, git::Repository repository)
      : m_scratch(std::move(scratch)), m_repository(std::move(repository)) {}

  PrivateFolder m_scratch;
  git::Repository m_repository;
};

}  // namespace qsnap::app
