// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

void add_lfs(Program& program) {
  CLI::App* group = add_group(program, "lfs", "Large snapshots in Git LFS");
  add_lfs_status(program, group);
  add_lfs_migrate(program, group);
  add_lfs_fetch(program, group);
  add_lfs_agent(program, group);
  add_lfs_gc(program, group);
}

}  // namespace qsnap::cli
