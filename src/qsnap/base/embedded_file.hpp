// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace qsnap {

/// A file of the source tree that cmake/Embed.cmake put into the program.
struct EmbeddedFile {
  std::string_view name;  ///< without its folder; of a schema, without ".schema.json"
  std::string_view text;
};

}  // namespace qsnap
