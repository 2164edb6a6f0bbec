// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

Result<store::SnapshotName> name_of_file(Session& session, const store::SnapshotName& name) {
  const auto tree = store::Store::open(session.folder());
  if (name.set() || !tree) {
    return name;
  }
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  return place ? name.in(place->set) : name;
}

Result<std::vector<store::SnapshotName>> names_of_conflicts(Session& session, std::vector<store::SnapshotName> names) {
  const auto tree = store::Store::open(session.folder());
  const auto sets = tree ? tree->sets() : std::vector<store::SetName>{};
  if (names.empty() || !sets || sets->empty()) {
    return names;
  }
  const auto store = session.open_store();
  if (!store) {  // config.yaml may be in conflict itself
    return names;
  }
  return app::meant_in_conflict(session.folder(), store->chain(), std::move(names));
}

Result<store::SetChain> chain_of_tree(Session& session) {
  if (!store::Store::open(session.folder())) {
    return store::SetChain{};
  }
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  return store.chain();
}

}  // namespace qsnap::cli
