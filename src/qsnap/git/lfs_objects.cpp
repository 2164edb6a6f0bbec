// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::git {

Result<std::filesystem::path> lfs_objects_folder(const std::filesystem::path& folder,
                                                 const std::filesystem::path& common_dir) {
  QSNAP_ASSIGN(const std::optional<std::string> configured, find_setting(folder, "lfs.storage"));
  const std::string storage = configured.value_or("");
  return common_dir / (storage.empty() ? "lfs" : storage) / "objects";
}

std::filesystem::path lfs_object_path(const std::filesystem::path& objects, std::string_view object_id) {
  return objects / object_id.substr(0, 2) / object_id.substr(2, 2) / object_id;
}

}  // namespace qsnap::git
