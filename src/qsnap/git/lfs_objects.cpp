// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <qsnap/git/git_command.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::git {

Result<std::filesystem::path> lfs_objects_folder(const std::filesystem::path& folder,
                                                 const std::filesystem::path& common_dir) {
  constexpr int k_not_set = 1;
  GitCommand question;
  question.folder = folder;
  question.arguments = {"config", "--null", "--get", "lfs.storage"};
  QSNAP_ASSIGN(const GitAnswer answer, run_git(question));
  if (answer.exit_code != 0 && answer.exit_code != k_not_set) {
    return make_error(ErrorCode::git, "git config failed: " + answer.errors);
  }
  const std::string storage = answer.output.substr(0, answer.output.find('\0'));
  return common_dir / (storage.empty() ? "lfs" : storage) / "objects";
}

std::filesystem::path lfs_object_path(const std::filesystem::path& objects, std::string_view object_id) {
  return objects / object_id.substr(0, 2) / object_id.substr(2, 2) / object_id;
}

}  // namespace qsnap::git
