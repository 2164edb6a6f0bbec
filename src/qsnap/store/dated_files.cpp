// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/store/dated_files.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace fs = std::filesystem;

Result<bool> remove_index_file(const fs::path& folder, const SnapshotName& name) {
  const fs::path below = name.text() + std::string{k_index_suffix};
  QSNAP_ASSIGN(const std::optional<UniqueFd> parent, open_folder(folder, below.parent_path()));
  if (!parent) {
    return false;
  }
  QSNAP_ASSIGN(const std::optional<EntryKind> kind, entry_kind(*parent, below.filename()));
  if (kind != EntryKind::file) {
    return false;
  }
  const bool removed = ::unlinkat(parent->get(), below.filename().c_str(), 0) == 0;
  return removed && ::fsync(parent->get()) == 0 ? Result<bool>{true} : file_error("remove", folder / below, errno);
}

}  // namespace qsnap::store
