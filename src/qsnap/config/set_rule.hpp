// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qsnap::config {

/// One of `sets:`; the first one that fits a branch decides, and a branch that none fits has the default set.
///
///     sets:
///       - branches: ["feature/*", "fix/*"]
///         parent: "release/*"        # the release line that the branch left last, else default
///       - branches: "release/*"
///       - branches: "hotfix/*"
///         set: hotfix                # one for all of them
struct SetRule {
  std::vector<std::string> branches;  ///< globs (base/glob.hpp)
  std::string set;                    ///< empty: each branch has its own, by its name
  std::string parent;                 ///< a set, or a glob of branches; empty: default
  int line = 1;                       ///< in config.yaml
};

}  // namespace qsnap::config
