// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/resolve_files.hpp>
#include <qsnap/base/atomic_file.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

Result<std::optional<codec::SnapshotReader>> open_base(const fs::path& file) {
  std::error_code failed;
  if (!fs::exists(file, failed) || fs::file_size(file, failed) == 0) {
    return std::optional<codec::SnapshotReader>{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader base, codec::SnapshotReader::open_file(file));
  return std::optional{std::move(base)};
}

}  // namespace

Result<Resolution> open_files(const fs::path& folder, const MergedFiles& files, const Progress& progress) {
  QSNAP_ASSIGN(auto base, open_base(files.base));
  QSNAP_ASSIGN(codec::SnapshotReader ours, codec::SnapshotReader::open_file(files.ours));
  QSNAP_ASSIGN(codec::SnapshotReader theirs, codec::SnapshotReader::open_file(files.theirs));
  const fs::path path = fs::path{files.merged}.lexically_normal();
  QSNAP_ASSIGN(config::Config rules, rules_of_merge(folder, path.generic_string()));
  return Resolution::of_sides({std::move(base), std::move(ours), std::move(theirs)}, std::move(rules), progress);
}

Result<void> write_merged_file(const MergedFiles& files, const Resolution& resolution, const Progress& progress) {
  QSNAP_ASSIGN(const codec::SnapshotReader document, resolution.document(progress));
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(files.merged));
  QSNAP_TRY(copy_document(document, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit();
}

}  // namespace qsnap::app
