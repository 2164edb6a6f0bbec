// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/app/setup/hook_files.hpp>

/// The texts of our hooks. Internal to app/setup.
namespace qsnap::app::setup {

struct HookBodies {
  struct Body {
    std::string hook;
    std::string text;
  };

  std::vector<Body> bodies;  ///< in the order of docs/git.md
  std::string dispatcher;    ///< stands where a hook of somebody else stood, and runs that one and ours
  std::string earlier;       ///< git-hooks/earlier-bodies: SHA-256 of what earlier versions wrote
};

/// The files of git-hooks.
[[nodiscard]] HookBodies embedded_hook_bodies();

/// install_hooks as a program with these texts would do it.
Result<std::vector<HookOutcome>> install_hooks(const std::filesystem::path& folder,
                                               const std::vector<std::string>& hooks, DryRun dry_run,
                                               HookBodies bodies);

}  // namespace qsnap::app::setup
