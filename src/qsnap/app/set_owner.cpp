// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/set_resolver.hpp>

namespace qsnap::app {

using report::SetOwner;

std::optional<SetOwner> owner_of(const store::Store& store, const store::Place& place) {
  const store::SetName current = store.chain().current();
  if (current.is_default() && place.set.is_default()) {
    return std::nullopt;
  }
  const bool own = place.set == current || current.is_default();
  return SetOwner{place.set.text(), own ? SetOwner::Kind::own : SetOwner::Kind::inherited};
}

Result<std::optional<SetOwner>> owner_of(const store::Store& store, const store::SnapshotName& name) {
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  if (place) {
    auto owner = owner_of(store, *place);
    if (owner && name.set()) {  // by its own name, whichever set one works in
      owner->kind = SetOwner::Kind::own;
    }
    return owner;
  }
  return std::optional<SetOwner>{};
}

store::SnapshotName own_name(const store::Store& store, const store::SnapshotName& name) {
  return name.set() ? name : name.in(store.chain().current());
}

std::string file_of(const store::Store& store, const store::SnapshotName& name) {
  return store.path_of(name).lexically_relative(store.folder().parent_path()).generic_string();
}

Result<store::SetChain> chain_of(const store::Store& store, const store::SetName& set) {
  const std::vector<store::SetName>& sets = store.chain().sets;
  if (set.is_default() || std::find(sets.begin(), sets.end(), set) != sets.end()) {
    return store.chain().from(set);
  }
  QSNAP_ASSIGN(config::Config config, store.config());
  QSNAP_ASSIGN(ResolvedChain resolved, SetResolver(store, std::move(config.sets)).chain_of(set, {}));
  return std::move(resolved.chain);
}

Result<std::optional<codec::SnapshotReader>> find_seen(const store::Store& store, const store::SnapshotName& name) {
  if (!name.set()) {
    return store.find(name);
  }
  QSNAP_ASSIGN(const store::SetChain chain, chain_of(store, *name.set()));
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate_along(chain, name.bare()));
  if (!place) {
    return std::optional<codec::SnapshotReader>{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader reader, store.read(*place, name.text()));
  return std::optional{std::move(reader)};
}

Result<std::optional<codec::SnapshotReader>> find_inherited(const store::Store& store,
                                                            const store::SnapshotName& name) {
  using Found = std::optional<codec::SnapshotReader>;
  const store::SnapshotName target = own_name(store, name);
  if (!target.set()) {
    return Found{};
  }
  QSNAP_ASSIGN(const store::SetChain chain, chain_of(store, *target.set()));
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate_along(chain.parent(), target.bare()));
  auto reader = place ? store.read(*place, target.bare().text()) : make_error(ErrorCode::not_found, "");
  return reader ? Found{*std::move(reader)} : Found{};
}

}  // namespace qsnap::app
