// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>

namespace qsnap::cli {

void add_set(Program& program) {
  CLI::App* group = add_group(program, "set", "Branch-specific sets of snapshots");
  add_set_list(program, group);
  add_set_show(program, group);
  add_set_diff(program, group);
  add_set_create(program, group);
  add_set_promote(program, group);
  add_set_rename(program, group);
  add_set_drop(program, group);
}

}  // namespace qsnap::cli
