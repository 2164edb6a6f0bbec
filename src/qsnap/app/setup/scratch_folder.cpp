// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdlib>

#include <qsnap/app/setup/scratch_folder.hpp>
#include <qsnap/base/atomic_file.hpp>

namespace qsnap::app::setup {

namespace fs = std::filesystem;

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code none;
  const fs::path base = fs::temp_directory_path(none);
  std::string path = ((none ? fs::path{"/tmp"} : base) / "qsnap-XXXXXX").native();
  if (::mkdtemp(path.data()) == nullptr) {
    return file_error("make a folder like", path, errno);
  }
  return ScratchFolder{fs::path{path}};
}

ScratchFolder::~ScratchFolder() {
  if (!m_path.empty()) {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
  }
}

}  // namespace qsnap::app::setup
