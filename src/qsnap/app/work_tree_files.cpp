// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/places.hpp>
#include <qsnap/app/work_tree_files.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app {

Result<std::vector<TrackedFile>> work_tree_files(const std::filesystem::path& folder, const store::Store& store) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, store.list_all());
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  std::vector<TrackedFile> files;
  std::string paths;  // relative to the top, because that folder's own name may hold a line end
  for (const store::SnapshotName& name : names) {
    const auto place = store.locate(name);  // one that stands twice is told where it is opened
    const std::filesystem::path path =
        std::filesystem::path{store::k_folder} / (place && *place ? (*place)->below : name.relative_path());
    files.push_back({"100644", {}, path.generic_string(), false});
    paths += path.generic_string() + '\n';
  }
  // Without filters: git would run what the repository configures as one (law 6).
  QSNAP_ASSIGN(const git::GitAnswer answer, git::run_git({places.work_tree.value_or(folder),
                                                          {"hash-object", "--no-filters", "--stdin-paths"},
                                                          std::move(paths)}));
  const std::vector<std::string_view> ids = split(answer.output, '\n');
  const bool all_read = answer.exit_code == 0 && ids.size() == files.size();
  for (std::size_t i = 0; all_read && i < files.size(); ++i) {
    files[i].blob_id = ids[i];
  }
  return files;
}

}  // namespace qsnap::app
