// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace qsnap::config {

/// What an assertion may write when a snapshot is missing or differs.
enum class UpdateMode : std::uint8_t {
  pending,  ///< the new state becomes pending, and the assertion fails: somebody has to accept it
  new_,     ///< a missing snapshot is written and passes; a difference is pending and fails
  all,      ///< missing and different ones are written and pass
  none,     ///< nothing in the tree; pending only where a folder for it was named. CI.
};
/// "pending", "new", "all", "none".
[[nodiscard]] std::string_view to_text(UpdateMode mode);
[[nodiscard]] std::optional<UpdateMode> parse_update_mode(std::string_view text);

/// The section assert: of config.yaml.
struct AssertSection {
  std::optional<UpdateMode> update;             ///< absent: not said
  std::optional<std::uint64_t> max_size_bytes;  ///< of a snapshot, packed: above it an assertion warns
};

}  // namespace qsnap::config
