// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/lfs_migrate.hpp>
#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/app/lfs_status.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

using store::SnapshotName;
using store::Store;

Error no_such_snapshot(const SnapshotName& name) {
  return make_error(ErrorCode::not_found, fmt::format("there is no snapshot {}", name.text()),
                    {"git qsnap list shows every snapshot"});
}

/// The name that means this very file, whatever set a bare name is looked for in.
Result<SnapshotName> own_name(const Store& store, const SnapshotName& name) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  return place ? Result<SnapshotName>{name.in(place->set)} : no_such_snapshot(name);
}

Result<std::vector<SnapshotName>> wanted_names(const Store& store, const MigrateRequest& request, const Store& all,
                                               const Progress& progress) {
  std::vector<SnapshotName> names;
  for (const SnapshotName& name : request.names) {
    QSNAP_ASSIGN(SnapshotName own, own_name(store, name));
    names.push_back(std::move(own));
  }
  if (request.names.empty()) {
    QSNAP_ASSIGN(const report::LfsStatusView status, lfs_status(all, store::ObjectCheck::length, progress));
    for (const report::LargeSnapshot& large : status.large) {
      QSNAP_ASSIGN(SnapshotName name, SnapshotName::parse(large.name));
      names.push_back(std::move(name));
    }
  }
  return names;
}

Result<report::MigratedSnapshot> migrate_one(const Store& store, const SnapshotName& name,
                                             const MigrateRequest& request) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  QSNAP_ASSIGN(const std::optional<codec::SnapshotReader> document, store.find(name));
  if (!place || !document) {
    return no_such_snapshot(name);
  }
  report::MigratedSnapshot view;
  view.name = name.text();
  view.path = store::paths_of(name).at(request.to == store::Storage::git ? 0 : 1);
  view.moved = place->storage != request.to;
  QSNAP_ASSIGN(view.bytes, packed_bytes(*document));
  if (view.moved && request.rule == MigrateRule::write) {
    QSNAP_TRY(store_snapshot_in(store, name, *document, request.to));
  }
  return view;
}

}  // namespace

Result<report::LfsMigrateView> lfs_migrate(const Store& store, const MigrateRequest& request,
                                           const Progress& progress) {
  QSNAP_ASSIGN(const Store all, Store::open(store.folder()));
  QSNAP_ASSIGN(const std::vector<SnapshotName> names, wanted_names(store, request, all, progress));
  report::LfsMigrateView view;
  view.to_lfs = request.to == store::Storage::lfs;
  view.done = request.rule == MigrateRule::write;
  QSNAP_ASSIGN(view.setup, lfs_setup(store.folder()));
  for (const SnapshotName& name : names) {
    QSNAP_TRY(progress.check());
    progress.report("moving", view.snapshots.size(), names.size());
    QSNAP_ASSIGN(report::MigratedSnapshot moved, migrate_one(all, name, request));
    view.snapshots.push_back(std::move(moved));
  }
  return view;
}

}  // namespace qsnap::app
