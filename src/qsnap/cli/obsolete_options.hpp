// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace qsnap::cli {

/// What `git qsnap obsolete` is told.
struct ObsoleteOptions {
  std::vector<std::string> runs, ledgers;
  bool complete = false, fail = false, propose = false, all = false, list_runs = false;
  std::string format = "text";
};

/// `options` is not owned.
void add_obsolete_options(CLI::App* command, ObsoleteOptions& options);

}  // namespace qsnap::cli
