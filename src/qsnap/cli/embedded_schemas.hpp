// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace qsnap::cli {

/// A file of schemas/v1, put into the program by cmake/EmbedSchemas.cmake.
struct EmbeddedSchema {
  std::string_view name;  ///< "diff"
  std::string_view text;
};

/// Sorted by name.
[[nodiscard]] std::span<const EmbeddedSchema> embedded_schemas();

}  // namespace qsnap::cli
