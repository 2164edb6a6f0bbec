// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/cli/command.hpp>

/// The commands of `git qsnap lfs`, a file each.
namespace qsnap::cli {

void add_lfs_status(Program& program, CLI::App* group);
void add_lfs_migrate(Program& program, CLI::App* group);
void add_lfs_fetch(Program& program, CLI::App* group);
void add_lfs_agent(Program& program, CLI::App* group);
void add_lfs_gc(Program& program, CLI::App* group);

}  // namespace qsnap::cli
