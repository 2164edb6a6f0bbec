// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap::app::setup {

/// Whose folder it is that Git takes hooks from.
///   own        the repository's own one, in its git dir: ours to write into
///   work_tree  a folder of the work tree (core.hooksPath of husky and the like, or a link): files that belong to the
///              project
///   elsewhere  for other repositories as well (core.hooksPath of --global or --system), or not in this one
enum class HooksPlace : std::uint8_t { own, work_tree, elsewhere };

struct HooksFolder {
  HooksPlace place = HooksPlace::own;
  std::filesystem::path folder;  ///< need not exist
  std::filesystem::path own;     ///< the one in the git dir, whether Git uses it or not
  std::string reason;            ///< "core.hooksPath is .husky (local)"; empty for `own`
};

/// Of the repository that contains `folder`; a linked work tree has that of its main one. Errors with `git` where there
/// is none.
Result<HooksFolder> find_hooks_folder(const std::filesystem::path& folder);

}  // namespace qsnap::app::setup
