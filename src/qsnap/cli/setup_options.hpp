// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include <qsnap/app/setup/places.hpp>

/// What install and uninstall share.
namespace qsnap::cli {

struct ScopeOptions {
  bool local = false, worktree = false, global = false, system = false;
  [[nodiscard]] app::setup::Scope scope() const;
};
/// --local, --worktree, --global, --system.
void add_scope_options(CLI::App* command, ScopeOptions& options);

/// Of this process.
[[nodiscard]] app::setup::Environment setup_environment();

}  // namespace qsnap::cli
