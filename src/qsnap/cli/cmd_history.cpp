// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/history_commands.hpp>

namespace qsnap::cli {

void add_history(Program& program) {
  CLI::App* group = add_group(program, "history", "Dated captures: look at them, exchange them, let old ones go");
  add_history_list(program, group);
  add_history_show(program, group);
  add_history_push(program, group);
  add_history_pull(program, group);
  add_history_prune(program, group);
  add_history_archive(program, group);
  add_history_restore(program, group);
  add_history_compact(program, group);
  add_history_stats(program, group);
}

}  // namespace qsnap::cli
