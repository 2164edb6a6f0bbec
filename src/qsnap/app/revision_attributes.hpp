// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap::app {

/// Of one path. "unspecified", "set", "unset", or a value.
struct PathAttributes {
  std::string filter, merge, diff, text, ident, encoding;
};

/// What the attribute files of a revision say of these paths, as a clone without any setting would read them: neither
/// the work tree's files count, nor the user's, nor the machine's, nor info/attributes. Works in a bare repository and
/// in a shallow one. Errors with `not_found` for no such revision.
Result<std::map<std::string, PathAttributes>> revision_attributes(const std::filesystem::path& folder,
                                                                  const std::string& revision,
                                                                  std::span<const std::string> paths);

/// The id of a revision's tree. Errors with `not_found`.
Result<std::string> tree_of(const std::filesystem::path& folder, const std::string& revision);

}  // namespace qsnap::app
