// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/load.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::cli {

/// How a state is put back, as `load` takes it.
struct LoadOptions {
  std::string name, rename;
  std::vector<std::string> queues;
  bool exact = false, replace = false, merge = false, yes = false, paused = false, dry_run = false;
  app::LoadTime time = app::LoadTime::shift;
  frameworks::ActiveRule active = frameworks::ActiveRule::keep;
  app::BackupRule backup = app::BackupRule::keep;
};

/// What of the state shall be otherwise than it was; a copy (--exact) is as it was. `options` is not owned.
void add_state_options(CLI::App* command, LoadOptions& options);

/// All but those of the Redis. `options` is not owned.
void add_load_options(CLI::App* command, LoadOptions& options);

/// Without a target, and without a confirmation. Errors with `usage` for a rename that is none.
Result<app::LoadRequest> load_request(const LoadOptions& options);

}  // namespace qsnap::cli
