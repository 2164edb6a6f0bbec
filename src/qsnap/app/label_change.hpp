// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

/// What people write on a snapshot, an entry of history or an album.
namespace qsnap::app {

struct LabelWords {
  std::string description;
  std::vector<std::string> tags;  ///< sorted, without doubles

  friend bool operator==(const LabelWords&, const LabelWords&) = default;
};

/// What was not given stays.
struct LabelChange {
  std::optional<std::string> description;
  std::vector<std::string> added_tags, removed_tags;

  [[nodiscard]] bool any() const { return description || !added_tags.empty() || !removed_tags.empty(); }
};

/// Errors with not_found for a tag to be removed that is not there, and with `usage` for one that is to be added and
/// removed. `name` is for the error.
Result<LabelWords> changed_labels(LabelWords labels, const LabelChange& change, std::string_view name);

}  // namespace qsnap::app
