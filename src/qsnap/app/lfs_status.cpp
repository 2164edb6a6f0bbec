// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/app/lfs_status.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using store::SnapshotName;
using store::Storage;

report::LfsObject view_of(store::ObjectState state) {
  return state == store::ObjectState::here      ? report::LfsObject::here
         : state == store::ObjectState::missing ? report::LfsObject::missing
                                                : report::LfsObject::damaged;
}

class StatusWalk {
 public:
  StatusWalk(const store::Store& store, store::ObjectCheck check, std::uint64_t threshold_bytes, fs::path objects)
      : m_store(store), m_check(check), m_threshold_bytes(threshold_bytes), m_objects(std::move(objects)) {}

  /// What is wrong with one snapshot is told of it, and ends nothing.
  void look_at(const SnapshotName& name, report::LfsStatusView& view) const {
    const auto place = m_store.locate(name);
    if (!place) {
      view.snapshots.push_back(broken(name, place.error()));
    } else if (*place && (*place)->storage == Storage::lfs) {
      const auto snapshot = in_lfs(name, m_store.folder() / (*place)->below);
      view.snapshots.push_back(snapshot ? *snapshot : broken(name, snapshot.error()));
    } else if (*place) {
      add_large(name, m_store.folder() / (*place)->below, view);
    }
  }

 private:
  static report::LfsSnapshot broken(const SnapshotName& name, const Error& error) {
    report::LfsSnapshot snapshot;
    snapshot.name = name.text();
    snapshot.problem = error.message;
    return snapshot;
  }

  [[nodiscard]] Result<report::LfsSnapshot> in_lfs(const SnapshotName& name, const fs::path& file) const {
    QSNAP_ASSIGN(const NamedObject named, object_named_by(file));
    QSNAP_ASSIGN(const store::ObjectState state, store::look_at_object(m_objects, named.pointer, m_check));
    report::LfsSnapshot snapshot;
    snapshot.name = name.text();
    snapshot.bytes = named.pointer.bytes;
    snapshot.object_id = named.pointer.object_id;
    snapshot.object = view_of(state);
    snapshot.is_pointer = named.is_pointer;
    return snapshot;
  }

  /// One that cannot be read is `fsck`'s business.
  void add_large(const SnapshotName& name, const fs::path& file, report::LfsStatusView& view) const {
    std::error_code failed;
    const std::uint64_t bytes = fs::file_size(file, failed);
    if (failed || m_threshold_bytes == 0 || bytes <= m_threshold_bytes) {  // packing makes nothing larger
      return;
    }
    const auto document = codec::SnapshotReader::open_file(file);
    const auto packed = document ? packed_bytes(*document) : Result<std::uint64_t>{document.error()};
    if (packed && *packed > m_threshold_bytes) {
      view.large.push_back({name.text(), *packed});
    }
  }

  const store::Store& m_store;
  store::ObjectCheck m_check;
  std::uint64_t m_threshold_bytes;
  fs::path m_objects;
};

}  // namespace

Result<NamedObject> object_named_by(const fs::path& file) {
  QSNAP_ASSIGN(const std::unique_ptr<codec::ByteSource> source, codec::open_file_source(file));
  QSNAP_ASSIGN(std::optional<codec::LfsPointer> pointer, store::find_pointer(*source));
  if (pointer) {
    return NamedObject{*std::move(pointer), true};
  }
  QSNAP_ASSIGN(codec::LfsPointer made, store::pointer_to(*source));
  return NamedObject{std::move(made), false};
}

Result<report::LfsStatusView> lfs_status(const store::Store& store, store::ObjectCheck check,
                                         const Progress& progress) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(store.git_dir(), store.common_dir()));
  QSNAP_ASSIGN(const std::vector<SnapshotName> names, store.list_all());
  report::LfsStatusView view;
  view.threshold_bytes = config.lfs.threshold_bytes;
  QSNAP_ASSIGN(view.setup, lfs_setup(store.folder()));
  const StatusWalk walk{store, check, view.threshold_bytes, objects};
  std::uint64_t done = 0;
  for (const SnapshotName& name : names) {
    QSNAP_TRY(progress.check());
    progress.report("looking at", done++, names.size());
    walk.look_at(name, view);
  }
  return view;
}

}  // namespace qsnap::app
