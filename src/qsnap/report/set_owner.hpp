// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <qsnap/base/json_writer.hpp>

namespace qsnap::report {

/// Whose a snapshot is, for those who work in a set.
struct SetOwner {
  enum class Kind : std::uint8_t {
    own,        ///< the set has it itself
    inherited,  ///< from an ancestor
    removed,    ///< an ancestor has it, and the set has not
  };
  std::string set;  ///< that has it; of a removed one, that has removed it
  Kind kind = Kind::own;
};

/// "own", "from release/2.0", "removed"; not escaped.
[[nodiscard]] std::string owner_words(const SetOwner& owner);
/// The members "set" and "owner" of an object; none for nobody.
void write_owner(JsonWriter& json, const std::optional<SetOwner>& owner);

}  // namespace qsnap::report
