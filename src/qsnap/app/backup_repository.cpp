// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/backup_repository.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// A listing of more files than a backup may have.
constexpr std::size_t k_most_output = 256 * limits::k_mib;

/// What a user's or a machine's configuration says, and variables that name another repository, do not count here.
Result<std::string> run_here(const fs::path& folder, std::vector<std::string> arguments, std::string input) {
  return git::git_output({.folder = folder,
                          .arguments = std::move(arguments),
                          .input = std::move(input),
                          .most_output = k_most_output,
                          .environment = git::GitEnvironment::hermetic});
}

}  // namespace

Result<BackupRepository> BackupRepository::make() {
  QSNAP_ASSIGN(PrivateFolder scratch, PrivateFolder::create("qsnap-backup"));
  const fs::path folder = folder_in(scratch.path());
  QSNAP_TRY(run_here(scratch.path(), {"init", "--quiet", "--bare", "--template=", "--", folder.native()}, {}));
  QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(folder));
  if (!repository) {
    return make_error(ErrorCode::git, fmt::format("git made no repository in {}", folder.native()));
  }
  return BackupRepository{std::move(scratch), *std::move(repository)};
}

Result<void> BackupRepository::borrow_objects(const fs::path& common_dir) const {
  const std::string objects = (common_dir / "objects").native();
  if (objects.find('\n') != std::string::npos || objects.starts_with('"')) {
    return make_error(ErrorCode::refused,
                      fmt::format("git cannot borrow objects from a folder of this name: {}", objects));
  }
  std::error_code failed;
  fs::create_directories(folder() / "objects" / "info", failed);
  return write_file_atomically(folder() / "objects" / "info" / "alternates", objects + '\n');
}

Result<std::string> BackupRepository::git(std::vector<std::string> arguments, std::string input) const {
  return run_here(folder(), std::move(arguments), std::move(input));
}

}  // namespace qsnap::app
