// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/set_owner.hpp>

namespace qsnap::report {

std::string owner_words(const SetOwner& owner) {
  switch (owner.kind) {
    case SetOwner::Kind::own:
      return "own";
    case SetOwner::Kind::inherited:
      return "from " + owner.set;
    case SetOwner::Kind::removed:
      return "removed";
  }
  return {};
}

void write_owner(JsonWriter& json, const std::optional<SetOwner>& owner) {
  if (owner) {
    const bool inherited = owner->kind == SetOwner::Kind::inherited;
    json.key("set").bytes(owner->set);
    json.key("owner").bytes(inherited ? "inherited" : owner_words(*owner));
  }
}

}  // namespace qsnap::report
